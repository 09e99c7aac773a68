import type { Capture } from '../recording.ts'
import { described, targetOf } from './elements.ts'
import { listen, whenLeaving } from './listen.ts'

/** Keys are counted until none was pressed for so long. */
const restMs = 2_000

const kinds: Readonly<Record<string, string>> = {
  Enter: 'ENTER',
  Backspace: 'DELETE',
  Delete: 'DELETE',
  Escape: 'ESCAPE',
  Tab: 'NAVIGATION',
  Home: 'NAVIGATION',
  End: 'NAVIGATION',
  PageUp: 'NAVIGATION',
  PageDown: 'NAVIGATION',
}

/** They are counted with the key they modify. */
const modifiers = ['Shift', 'Control', 'Alt', 'Meta']

/** The kind of a key by the contract. */
export function kindOf({ key, ctrlKey, altKey, metaKey }: Partial<KeyboardEvent>): string {
  // What a browser fills in by itself is a key without a name.
  if (!key) return 'OTHER'
  if (ctrlKey || altKey || metaKey) return 'SHORTCUT'
  if (key.startsWith('Arrow')) return 'NAVIGATION'
  return Object.hasOwn(kinds, key) ? kinds[key]! : [...key].length === 1 ? 'CHARACTER' : 'OTHER'
}

/** Counts the kinds of keys pressed on an element; never which. Of passwords not even how many. */
export function captureKeys(into: Capture): void {
  let on: Element | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const counts = new Map<string, number>()
  const tell = (): void => {
    clearTimeout(timer)
    const element = on && described(on, false)
    if (element) {
      for (const [kind, count] of counts) into.record({ keydown: { element, category: `KEY_CATEGORY_${kind}`, count } })
    }
    counts.clear()
  }
  listen(into, ['keydown'], (event) => {
    const target = targetOf(event)
    if (!target || target.matches('[type=password]') || modifiers.includes(event.key)) return
    if (target !== on) tell()
    on = target
    const kind = kindOf(event)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    clearTimeout(timer)
    timer = setTimeout(() => into.guard(tell), restMs)
  })
  listen(into, ['focusout'], tell)
  whenLeaving(into, tell)
}
