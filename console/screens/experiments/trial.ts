import { FunnelPerson } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { readConditions, writeConditions } from '../../view/conditions.ts'
import type { ViewFilter } from '../../view/filters.ts'
import { type Search, textOf } from '../../view/search.ts'
import { words } from '../../words/experiments.ts'

/** How an experiment is read, as it stands in the address. */
export interface Trial {
  readonly experiment: string
  /** Conditions of the goal; none: not chosen yet. */
  readonly goal: readonly ViewFilter[]
  readonly who: Who
  /** 0: to the end of the period. */
  readonly windowSeconds: number
}

export const people = ['visitor', 'user'] as const
type Who = (typeof people)[number]
export const windows = Object.keys(words.windows).map(Number)

/** Reads it; what is wrong in the address is left out. */
export function readTrial(search: Search): Trial | undefined {
  const experiment = textOf(search, 'experiment')
  if (!experiment) return undefined
  const window = Number(textOf(search, 'window'))
  return {
    experiment,
    goal: readConditions(textOf(search, 'goal') ?? ''),
    who: people.find((one) => one === textOf(search, 'who')) ?? 'visitor',
    windowSeconds: windows.includes(window) ? window : 0,
  }
}

/** Writes it; what is usual needs no word. */
export const writeTrial = ({ experiment, goal, who, windowSeconds }: Trial): Search => ({
  experiment,
  goal: writeConditions(goal) || undefined,
  who: who === 'visitor' ? undefined : who,
  window: windowSeconds === 0 ? undefined : String(windowSeconds),
})

/** What the contract is asked besides the question. */
export const askedOf = ({ experiment, goal, who, windowSeconds }: Trial) => ({
  experiment,
  goal: goal.map((one) => ({ ...one, values: [...one.values] })),
  person: who === 'user' ? FunnelPerson.USER : FunnelPerson.VISITOR,
  windowSeconds,
})
