import { type Search, textOf } from '../../view/search.ts'
import { readStep } from './ways.ts'

/** How many steps can be chosen. */
export const stepCounts = ['3', '5', '8'] as const

/** What of the question this screen adds to the view; it stands in the address. */
export function chosenOf(search: Search) {
  const start = readStep(textOf(search, 'start'))
  return {
    steps: Number(stepCounts.find((one) => one === textOf(search, 'steps')) ?? '5'),
    // An event can only be begun at where events are steps.
    withEvents: textOf(search, 'events') === 'yes' || (textOf(search, 'start') ?? '').startsWith('event:'),
    ...(start && { start }),
  }
}

export type Chosen = ReturnType<typeof chosenOf>
