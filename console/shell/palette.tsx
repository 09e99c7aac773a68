import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { screensFor } from '../screens/shareable.ts'
import { useLink, useMe } from '../session/session-context.tsx'
import { periodKinds } from '../view/period.ts'
import { useSites } from '../view/sites.ts'
import { useAddress, useChangeView } from '../view/use-view.ts'
import { viewParameters } from '../view/view.ts'
import { words } from '../words/shell.ts'
import { chooseTheme, themes } from './theme.ts'

interface Action {
  readonly name: string
  readonly run: () => void
}

const mostShown = 9

/** Finds a screen, a site, a period or a theme by its name. Arrows choose, Enter does it. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const found = useActions()
    .filter(({ name }) => wordsOf(text).every((word) => name.toLowerCase().includes(word)))
    .slice(0, mostShown)
  const run = (action: Action | undefined): void => {
    onClose()
    action?.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && found.length > 0) {
      event.preventDefault()
      setAt((at + step + found.length) % found.length)
    } else if (event.key === 'Enter') run(found[at])
  }
  return (
    <Dialog title={words.palette.title} bare onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label={words.palette.open}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] && `${id}-${at}`}
        placeholder={words.palette.placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className="w-full border-b border-line bg-transparent px-5 py-4 text-base outline-none placeholder:text-muted"
      />
      <div id={id} role="listbox" aria-label={words.palette.title} className="min-h-80 p-2">
        {found.map((action, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
          <div
            key={action.name}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => run(action)}
            onPointerMove={() => setAt(index)}
            className="cursor-pointer truncate rounded-md px-3 py-2 aria-selected:bg-accent-soft aria-selected:text-accent-ink"
          >
            <bdi>{action.name}</bdi>
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-2 text-muted">{words.palette.nothing}</p>}
      </div>
    </Dialog>
  )
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

function useActions(): readonly Action[] {
  const navigate = useNavigate()
  const { search } = useAddress()
  const { set } = useChangeView()
  const { role } = useMe()
  const linked = useLink() !== undefined
  const sites = useSites()
  const kept = Object.fromEntries(viewParameters.map((name) => [name, search[name]]))
  const go = (path: string) => () => void navigate({ to: path as never, search: kept as never })
  return [
    ...screensFor({ role, linked }).map(({ path, name }) => ({ name: words.palette.go(name), run: go(path) })),
    ...sites.map(({ siteId, name }) => ({ name: words.palette.siteIs(name), run: () => set({ siteId }) })),
    { name: words.palette.siteIs(words.allSites), run: () => set({ siteId: 0 }) },
    ...periodKinds
      .filter((kind) => kind !== 'custom')
      .map((kind) => ({
        name: words.palette.periodIs(words.period.names[kind]),
        run: () => set({ period: { kind } }),
      })),
    ...themes.map((theme) => ({ name: words.palette.themeIs(words.theme[theme]), run: () => chooseTheme(theme) })),
  ]
}
