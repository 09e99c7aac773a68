import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type FunnelDefinition,
  type FunnelDefinitionSchema,
  FunnelOrder,
  FunnelPerson,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { readConditions, writeConditions } from '../../view/conditions.ts'
import type { ViewFilter } from '../../view/filters.ts'
import { type Search, textOf, textsOf, writeSearch } from '../../view/search.ts'
import { conditionWords } from '../../words/conditions.ts'
import { words } from '../../words/funnels.ts'

/** Conditions that must all hold; none: any event will do. */
export type Step = readonly ViewFilter[]

/** A funnel as it stands in the address. */
export interface Way {
  readonly steps: readonly Step[]
  readonly who: Who
  readonly order: Order
  readonly windowSeconds: number
}

export const people = ['visitor', 'user', 'session'] as const
export type Who = (typeof people)[number]
export const orders = ['loose', 'strict'] as const
export type Order = (typeof orders)[number]
/** The times that can be chosen for the whole way, in seconds. */
export const windows = Object.keys(words.windows).map(Number)

const usualWindow = 604_800
const anyEvent = 'any'
/** Bound of the contract. */
export const mostSteps = 12

/** Reads the funnel of an address; what is wrong in it is left out. */
export function readWay(search: Search): Way {
  const window = Number(textOf(search, 'window'))
  return {
    steps: textsOf(search, 'step')
      .flatMap((text) => readStep(text) ?? [])
      .slice(0, mostSteps)
      .map(({ step }) => step),
    who: people.find((one) => one === textOf(search, 'who')) ?? 'visitor',
    order: orders.find((one) => one === textOf(search, 'order')) ?? 'loose',
    windowSeconds: windows.includes(window) ? window : usualWindow,
  }
}

/** Writes it; what is usual needs no word. */
export function writeWay({ steps, who, order, windowSeconds }: Way): Search {
  return {
    step: steps.length === 0 ? undefined : steps.map((step) => writeConditions(step) || anyEvent),
    who: who === 'visitor' ? undefined : who,
    order: order === 'loose' ? undefined : order,
    window: windowSeconds === usualWindow ? undefined : String(windowSeconds),
  }
}

function readStep(text: string): { step: Step } | undefined {
  if (text === anyEvent) return { step: [] }
  const step = readConditions(text)
  return step.length === 0 ? undefined : { step }
}

const persons = { visitor: FunnelPerson.VISITOR, user: FunnelPerson.USER, session: FunnelPerson.SESSION } as const
const between = { loose: FunnelOrder.LOOSE, strict: FunnelOrder.STRICT } as const

/** The funnel as the contract says it. */
export function definitionOf({ steps, who, order, windowSeconds }: Way) {
  return {
    steps: steps.map((step) => ({
      filters: step.map((one) => ({ ...one, values: [...one.values] })),
      anyEvent: step.length === 0,
    })),
    person: persons[who],
    order: between[order],
    windowSeconds,
  } satisfies MessageInitShape<typeof FunnelDefinitionSchema>
}

/** Reads it back; undefined where it says more than this screen can: it was saved by a program. */
export function wayOf(said: FunnelDefinition): Way | undefined {
  const { person, order, windowSeconds } = said
  const way: Way = {
    steps: said.steps.map(({ filters }) =>
      filters.map(({ dimension, property, operator, values }) => ({ dimension, property, operator, values })),
    ),
    who: person === FunnelPerson.UNSPECIFIED ? 'visitor' : (people.find((one) => persons[one] === person) ?? 'visitor'),
    order: order === FunnelOrder.STRICT ? 'strict' : 'loose',
    windowSeconds: windowSeconds || usualWindow,
  }
  const more = said.groupBy !== 0 || said.steps.some(({ onDay }) => onDay !== undefined)
  return more || !isSame(readWay(writeWay(way)), way) ? undefined : way
}

/** Whether two ways ask the same. */
export const isSame = (one: Way, other: Way): boolean => writeSearch(writeWay(one)) === writeSearch(writeWay(other))

/** What a step is called. */
export const stepWords = (step: Step | undefined): string =>
  !step || step.length === 0 ? words.any : step.map(conditionWords).join(` ${words.and} `)
