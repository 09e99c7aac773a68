import type { Capture } from '../recording.ts'
import { described, interactiveOf, plainAddress, targetOf } from './elements.ts'
import { listen } from './listen.ts'

const mostProperties = 50

/** Records clicks, and the events the page has named in `data-userflow-event`. */
export function captureClicks(into: Capture): void {
  listen(into, ['click'], (event) => {
    const target = targetOf(event)
    if (!target) return
    const found = interactiveOf(target)
    const link = target.closest('a[href],area[href]')?.getAttribute('href')
    into.record({
      click: {
        element: described(found ?? target, found !== undefined),
        position: { x: Math.round(event.pageX), y: Math.round(event.pageY) },
        targetUrl: (link && plainAddress(link)) || undefined,
      },
    })
    const named = target.closest('[data-userflow-event]')
    if (named && named.localName !== 'form') recordNamed(into, named)
  })
}

/** Records the event an element is named for; `data-userflow-plan-name="pro"` is its property planName. */
export function recordNamed(into: Capture, element: Element): void {
  const { dataset } = element as HTMLElement
  if (!dataset.userflowEvent) return
  const properties = Object.keys(dataset)
    .filter((name) => /^userflow[A-Z]/.test(name) && name !== 'userflowEvent')
    .slice(0, mostProperties)
    .map((name) => [name.charAt(8).toLowerCase() + name.slice(9), dataset[name]])
  into.record({ custom: { name: dataset.userflowEvent } }, Object.fromEntries(properties))
}
