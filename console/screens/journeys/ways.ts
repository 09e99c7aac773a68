import { type JourneyLink, type JourneyStep, JourneyStepKind } from '../../../proto/gen/userflow/v1/journeys_pb.ts'

/** A step at a place. Its name tells it from the same step at another place. */
export interface Stop {
  readonly name: string
  readonly place: number
  readonly step: JourneyStep
}

/** Sessions from a stop to one of the next place. */
export interface Way {
  readonly source: string
  readonly target: string
  readonly value: number
}

const nameOf = (place: number, { kind, value }: JourneyStep): string => `${place} ${kind} ${value}`

/** What is drawn: each step at each place once, and the ways between. Ends are steps of their own. */
export function waysOf(links: readonly JourneyLink[]): { stops: readonly Stop[]; ways: readonly Way[] } {
  const stops = new Map<string, Stop>()
  const stopAt = (place: number, step: JourneyStep): string => {
    const name = nameOf(place, step)
    stops.set(name, { name, place, step })
    return name
  }
  const ways = links.flatMap(({ place, from, to, sessions }) =>
    from && to ? { source: stopAt(place, from), target: stopAt(place + 1, to), value: sessions } : [],
  )
  return { stops: [...stops.values()], ways }
}

/** A step as it stands in the address: "page:/pricing" or "event:signup". */
export const writeStep = ({ kind, value }: { kind: JourneyStepKind; value: string }): string =>
  `${kind === JourneyStepKind.EVENT ? 'event' : 'page'}:${value}`

/** Reads it back; a text without a kind is a page. */
export function readStep(text: string | undefined): { kind: JourneyStepKind; value: string } | undefined {
  if (!text) return undefined
  if (text.startsWith('event:')) return { kind: JourneyStepKind.EVENT, value: text.slice('event:'.length) }
  return { kind: JourneyStepKind.PAGE, value: text.startsWith('page:') ? text.slice('page:'.length) : text }
}

/** Journeys can begin at it. */
export const isStart = ({ kind }: { kind: JourneyStepKind }): boolean =>
  kind === JourneyStepKind.PAGE || kind === JourneyStepKind.EVENT
