import { words } from '../words/parts.ts'
import type { Change as ChangeOf } from './formats.ts'
import { Icon } from './icon.tsx'

const icons = { up: 'up', down: 'fall', same: undefined, new: 'plus' } as const

/** How a number changed, by arrow, words and colour. `goodWhen`: which direction is the better one; none is neither. */
export function Change({ change, goodWhen = 'up' }: { change: ChangeOf; goodWhen?: 'up' | 'down' | 'neither' }) {
  const { kind, text } = change
  const icon = icons[kind]
  const good = kind === 'new' ? 'up' : kind
  const colour = kind === 'same' || goodWhen === 'neither' ? 'text-muted' : good === goodWhen ? 'text-up' : 'text-down'
  return (
    <span className={`inline-flex items-center gap-0.5 text-xs font-medium whitespace-nowrap ${colour}`}>
      {icon && <Icon name={icon} size={12} />}
      {kind !== 'new' && <span className="sr-only">{words.change[kind]} </span>}
      {text}
    </span>
  )
}
