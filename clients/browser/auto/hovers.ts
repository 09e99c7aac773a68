import type { Capture } from '../recording.ts'
import { described, interactiveOf, targetOf } from './elements.ts'
import { listen, whenLeaving } from './listen.ts'

const leastMs = 1_000

/** Records where a mouse rested for a second or longer on something one can click. */
export function captureHovers(into: Capture): void {
  let over: { element: Element; sinceMs: number; x: number; y: number } | undefined
  const end = (): void => {
    if (!over) return
    const { element, sinceMs, x, y } = over
    over = undefined
    const durationMs = Math.round(performance.now() - sinceMs)
    if (durationMs >= leastMs) into.record({ hover: { element: described(element), position: { x, y }, durationMs } })
  }
  listen(into, ['pointerover'], (event) => {
    if (event.pointerType !== 'mouse') return
    const target = targetOf(event)
    const element = target && interactiveOf(target)
    if (element === over?.element) return
    end()
    const [x, y] = [Math.round(event.pageX), Math.round(event.pageY)]
    if (element) over = { element, sinceMs: performance.now(), x, y }
  })
  document.documentElement.addEventListener('pointerleave', () => into.guard(end))
  whenLeaving(into, end)
}
