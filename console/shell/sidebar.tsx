import { Link } from '@tanstack/react-router'
import { IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import type { Screen } from '../screens/registry.ts'
import { screensFor } from '../screens/shareable.ts'
import { useLink, useMe } from '../session/session-context.tsx'
import { useAddress } from '../view/use-view.ts'
import { viewOnly } from '../view/view.ts'
import { words } from '../words/shell.ts'
import { Account } from './account.tsx'

const groups = ['traffic', 'people', 'data', 'setup'] as const

/** The name, every screen by group, and who is signed in. */
export function Sidebar({ path, onSearch, onLeave }: { path: string; onSearch: () => void; onLeave?: () => void }) {
  const { role } = useMe()
  const seen = screensFor({ role, linked: useLink() !== undefined })
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 items-center justify-between pr-2 pl-4">
        <span className="flex items-center gap-2 font-semibold tracking-tight">
          <Mark />
          {words.product}
        </span>
        <IconButton icon="search" label={`${words.palette.open} (⌘K)`} onClick={onSearch} />
      </div>
      <nav aria-label={words.navigation} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {groups.map((group) => {
          const ofGroup = seen.filter((screen) => screen.group === group)
          if (ofGroup.length === 0) return undefined
          return (
            <div key={group} className="mt-3 first:mt-1">
              <h2 className="px-2 pb-1 text-[11px] font-medium tracking-wide text-muted uppercase">
                {words.groups[group]}
              </h2>
              <ul>
                {ofGroup.map((screen) => (
                  <li key={screen.path}>
                    <ScreenLink screen={screen} here={path === screen.path} onLeave={onLeave} />
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
      </nav>
      <Account />
    </div>
  )
}

function ScreenLink({ screen, here, onLeave }: { screen: Screen; here: boolean; onLeave: (() => void) | undefined }) {
  const { search } = useAddress()
  return (
    <Link
      to={screen.path as never}
      search={viewOnly(search) as never}
      aria-current={here ? 'page' : undefined}
      onClick={onLeave}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-ink"
    >
      <Icon name={screen.icon} />
      {screen.name}
    </Link>
  )
}

function Mark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M6 20c4 0 4-9 8-9s4 11 8 11 3-5 4-7"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  )
}
