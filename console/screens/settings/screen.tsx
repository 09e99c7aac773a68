import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { Button, Choices } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Panel, ScreenHead } from '../../parts/panel.tsx'
import { useLeave } from '../../session/leave.ts'
import { PasswordDialog } from '../../session/password-dialog.tsx'
import { useMay, useMe } from '../../session/session-context.tsx'
import { chooseTheme, themes, useTheme } from '../../shell/theme.ts'
import { words } from '../../words/settings.ts'
import { words as shellWords } from '../../words/shell.ts'
import { roleWords } from '../../words/sign-in.ts'
import { DemoData } from '../sites/demo.tsx'
import { Links } from './links.tsx'

/** What a person may change of their own. */
export function Screen() {
  const { theme } = useTheme()
  const [asking, setAsking] = useState<'password' | 'everywhere'>()
  const close = (): void => setAsking(undefined)
  return (
    <>
      <ScreenHead title={words.title} note={words.note} />
      <div className="grid max-w-4xl gap-4 lg:grid-cols-2">
        <You />
        <Part title={words.look.title} note={words.look.note}>
          <Choices
            label={words.look.theme}
            options={themes.map((value) => ({ value, name: shellWords.theme[value] }))}
            chosen={theme}
            onChoose={chooseTheme}
          />
        </Part>
        <Part title={words.password.title} note={words.password.note}>
          <Button icon="key" onClick={() => setAsking('password')}>
            {words.password.change}
          </Button>
        </Part>
        <Part title={words.everywhere.title} note={words.everywhere.note}>
          <Button kind="danger" icon="out" onClick={() => setAsking('everywhere')}>
            {words.everywhere.sign}
          </Button>
        </Part>
        <Zone />
      </div>
      {useMay(Role.EDITOR) && (
        <div className="mt-4">
          <Links />
        </div>
      )}
      {useMay(Role.ADMIN) && (
        <div className="mt-4">
          <DemoData />
        </div>
      )}
      {asking === 'password' && <PasswordDialog onClose={close} />}
      {asking === 'everywhere' && <SignOutEverywhere onClose={close} />}
    </>
  )
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <Panel title={title}>
      <div className="flex flex-col items-start gap-3 px-4 pt-1 pb-4">
        {note && <p className="text-[13px] text-muted">{note}</p>}
        {children}
      </div>
    </Panel>
  )
}

function You() {
  const { person, membership, role } = useMe()
  const { title, ...names } = words.person
  const said = {
    name: person?.name,
    email: person?.email,
    company: membership?.companyName,
    role: roleWords(role),
  }
  return (
    <Part title={title}>
      <dl className="grid w-full grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-[13px]">
        {(Object.keys(names) as (keyof typeof names)[]).map((key) => (
          <div key={key} className="contents">
            <dt className="text-muted">{names[key]}</dt>
            <dd className="min-w-0 break-words">
              <bdi>{said[key] || '–'}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  )
}

function Zone() {
  return (
    <Part title={words.zone.title} note={words.zone.note}>
      <p className="text-[13px]">
        {words.zone.browser}: {Intl.DateTimeFormat().resolvedOptions().timeZone}
      </p>
      <Link to={'/sites' as never} className="text-[13px] text-accent-ink underline">
        {words.zone.sites}
      </Link>
    </Part>
  )
}

function SignOutEverywhere({ onClose }: { onClose: () => void }) {
  const leave = useLeave()
  return (
    <Dialog title={words.everywhere.sure} onClose={onClose}>
      <p>{words.everywhere.note}</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{words.everywhere.cancel}</Button>
        <Button kind="danger" onClick={() => void leave('everywhere')}>
          {words.everywhere.sign}
        </Button>
      </div>
    </Dialog>
  )
}
