import { useQuery } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PeopleService } from '../../proto/gen/userflow/v1/people_pb.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Choice, Popover } from '../parts/popover.tsx'
import { useLeave } from '../session/leave.ts'
import { PasswordDialog } from '../session/password-dialog.tsx'
import { useLink, useMe, useSigning } from '../session/session-context.tsx'
import { words } from '../words/shell.ts'
import { roleWords } from '../words/sign-in.ts'
import { Linked } from './linked.tsx'
import { chooseTheme, type Theme, themes, useTheme } from './theme.ts'

const themeIcons: Readonly<Record<Theme, IconName>> = { system: 'monitor', light: 'sun', dark: 'moon' }

/** Who is signed in, and what is theirs to change; with a shared link which one it is. */
export function Account() {
  const link = useLink()
  return (
    <div className="flex flex-col gap-2 border-t border-line p-2">
      <ThemeChoice />
      {link ? <Linked link={link} /> : <Signed />}
    </div>
  )
}

function Signed() {
  const { person, membership, role } = useMe()
  const [changing, setChanging] = useState(false)
  const name = person?.name || person?.email || ''
  return (
    <>
      <div className="[&>div>div]:bottom-full [&>div>div]:top-auto [&>div>div]:mb-1">
        <Popover
          label={words.account}
          className="h-auto w-full border-transparent! py-1.5 text-left"
          trigger={
            <>
              <span
                aria-hidden="true"
                className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink uppercase"
              >
                {name.slice(0, 2)}
              </span>
              <span className="min-w-0 flex-1">
                <bdi className="block truncate text-[13px] font-medium">{name}</bdi>
                <bdi className="block truncate text-xs text-muted">
                  {membership?.companyName} · {roleWords(role)}
                </bdi>
              </span>
            </>
          }
        >
          {(close) => (
            <AccountMenu
              onPassword={() => {
                close()
                setChanging(true)
              }}
            />
          )}
        </Popover>
      </div>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  )
}

function AccountMenu({ onPassword }: { onPassword: () => void }) {
  const { refresh } = useSigning()
  const leave = useLeave()
  const client = useQueryClient()
  const { data } = useQuery(PeopleService.method.me, {})
  const { membership } = useMe()
  const others = data?.memberships.filter(({ companyId }) => companyId !== membership?.companyId) ?? []
  const change = async (companyId: number): Promise<void> => {
    await refresh(companyId)
    client.clear()
  }
  return (
    <>
      {others.map(({ companyId, companyName }) => (
        <Choice key={companyId} onChoose={() => void change(companyId)}>
          {words.company}: <bdi>{companyName}</bdi>
        </Choice>
      ))}
      <Choice onChoose={onPassword}>{words.changePassword}</Choice>
      <Choice onChoose={() => void leave('everywhere')}>{words.signOutEverywhere}</Choice>
      <Choice onChoose={() => void leave('here')}>
        <span className="inline-flex items-center gap-2">
          <Icon name="out" />
          {words.signOut}
        </span>
      </Choice>
    </>
  )
}

function ThemeChoice() {
  const { theme } = useTheme()
  return (
    <fieldset aria-label={words.theme.label} className="grid grid-cols-3 gap-0.5 rounded-md bg-hover p-0.5">
      {themes.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={theme === one}
          aria-label={words.theme[one]}
          title={words.theme[one]}
          onClick={() => chooseTheme(one)}
          className="grid h-6 place-items-center rounded text-muted hover:text-ink aria-pressed:bg-chip aria-pressed:text-ink aria-pressed:shadow-sm"
        >
          <Icon name={themeIcons[one]} size={14} />
        </button>
      ))}
    </fieldset>
  )
}
