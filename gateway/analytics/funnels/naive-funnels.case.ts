import fc from 'fast-check'
import { FunnelOrder, FunnelPerson } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { asked, type NaiveEvent, type NaivePeriod, naiveEvent, naivePeriod, sortedEvents } from '../naive.case.ts'
import { intervalOf } from '../naive-answers.case.ts'
import { filtered, type NaiveFilter, naiveFilter, valuesOfEvent } from '../naive-filters.case.ts'

/** A funnel as a request says it, all its fields given. */
export interface NaiveFunnel {
  readonly steps: { readonly filters: NaiveFilter[]; readonly anyEvent: boolean; readonly onDay?: number }[]
  readonly person: FunnelPerson
  readonly order: FunnelOrder
  readonly windowSeconds: number
  readonly groupBy: Dimension
  readonly groupProperty: string
}

/** Everything that is asked. */
export interface NaiveAsked {
  readonly period: NaivePeriod
  readonly filters: NaiveFilter[]
  readonly funnel: NaiveFunnel
  readonly zone: string
}

/** One person's attempt that counts. */
export interface NaivePath {
  readonly person: string
  readonly entry: NaiveEvent
  /** In microseconds since 1970, the entry first. */
  readonly times: number[]
  readonly group: string
}

const is = (dimension: Dimension, value: string): NaiveFilter => {
  return { dimension, property: '', operator: FilterOperator.IS, values: [value] }
}
const common = fc.constantFrom(
  is(Dimension.EVENT_TYPE, 'page_view'),
  is(Dimension.EVENT_TYPE, 'click'),
  is(Dimension.EVENT_TYPE, 'custom'),
  is(Dimension.EVENT_NAME, 'signup'),
  is(Dimension.PAGE, '/'),
  is(Dimension.PAGE, '/a'),
)
const step = fc
  .oneof(
    { weight: 6, arbitrary: common.map((filter) => [filter]) },
    { weight: 1, arbitrary: fc.array(naiveFilter, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant<NaiveFilter[]>([]) },
  )
  .map((filters) => ({ filters, anyEvent: filters.length === 0 }))
const laterStep = fc
  .tuple(step, fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 0, 1))
  .map(([some, onDay]) => ({ ...some, ...(onDay === undefined ? {} : { onDay }) }))

export const naiveFunnel: fc.Arbitrary<NaiveFunnel> = fc.record({
  steps: fc.tuple(step, fc.array(laterStep, { minLength: 1, maxLength: 4 })).map(([one, more]) => [one, ...more]),
  person: fc.constantFrom(FunnelPerson.VISITOR, FunnelPerson.USER, FunnelPerson.SESSION),
  order: fc.constantFrom(FunnelOrder.LOOSE, FunnelOrder.LOOSE, FunnelOrder.STRICT),
  windowSeconds: fc.constantFrom(1, 3_600, 86_400, 2 * 86_400, 90 * 86_400, 90 * 86_400),
  ...{ groupBy: fc.constantFrom(Dimension.UNSPECIFIED, Dimension.COUNTRY), groupProperty: fc.constant('') },
})

/** Events of few people, so that many of them get somewhere; up to 60. */
export const funnelEvents = fc.array(
  fc
    .tuple(naiveEvent, fc.constantFrom(1, 1, 1, 2, 3), fc.constantFrom('v1', 'v2'), fc.constantFrom('s1', 's2', 's3'))
    .map(([event, site, visitor, session]) => ({
      ...event,
      site,
      visitor: event.visitor && visitor,
      session: event.session && session,
    })),
  { maxLength: 60, size: 'max' },
)

/** The first half of the time of the events, or any period. */
export const funnelPeriods = fc.array(
  fc.oneof(
    fc.constant({ from: Date.UTC(2026, 2, 26) * 1e3, to: Date.UTC(2026, 2, 30, 1) * 1e3, sites: [], bots: true }),
    naivePeriod,
  ),
  { minLength: 4, maxLength: 4 },
)

/** The attempts that count, found by trying every event as every step. */
export function naivePaths(events: readonly NaiveEvent[], all: NaiveAsked): NaivePath[] {
  const { period, funnel } = all
  const known = events.filter((event) => asked(period, event) && event.at >= period.from)
  // What an event is of its session depends on all events of the session.
  const matching = funnel.steps.map((one) => new Set(filtered(events, one.filters).events))
  const entering = new Set(filtered(events, all.filters).events)
  const strict = funnel.order === FunnelOrder.STRICT
  const counted = known.filter(
    (event) => matching.some((set) => set.has(event)) || (strict && event.type !== 'web_vital'),
  )
  const people = Map.groupBy(counted, (event) => personOf(event, funnel.person))
  people.delete(undefined)
  return [...people].flatMap(([person, group]) => {
    const own = sortedEvents(group)
    const attempts = own
      .filter((event) => event.at < period.to && matching[0]!.has(event) && entering.has(event))
      .map((entry) => attempt(own, entry, { all, matching, strict }))
    const furthest = Math.max(0, ...attempts.map((one) => one.length))
    const best = attempts.find((one) => one.length === furthest)
    if (!best) return []
    const entry = best[0]!
    const { groupBy } = funnel
    const group_ = groupBy === Dimension.UNSPECIFIED ? '' : valuesOfEvent(entry, groupBy, [])[0]!
    return [{ person: person!, entry, times: best.map((event) => event.at), group: group_ }]
  })
}

/** Whose the event is; nobody's where it does not say. */
export function personOf(event: NaiveEvent, by: FunnelPerson): string | undefined {
  if (by === FunnelPerson.USER) return event.user ?? undefined
  if (by === FunnelPerson.SESSION) return event.session ?? undefined
  return event.visitor === null ? undefined : `${event.visitor}|${event.site}|${event.bot}`
}

const dayOf = (micros: number, zone: string): number =>
  Date.parse(`${intervalOf(micros, zone, 'day')}T00:00:00Z`) / 86_400_000

/** The longest way from an entry; of equally long ones the one whose events come first. */
function attempt(
  own: readonly NaiveEvent[],
  entry: NaiveEvent,
  rules: { all: NaiveAsked; matching: readonly ReadonlySet<NaiveEvent>[]; strict: boolean },
): NaiveEvent[] {
  const { funnel, zone } = rules.all
  const known = new Map<string, NaiveEvent[]>()
  const longest = (at: number, place: number): NaiveEvent[] => {
    const seen = known.get(`${at} ${place}`)
    if (seen) return seen
    let best: NaiveEvent[] = []
    const last = rules.strict ? Math.min(at + 2, own.length) : own.length
    for (let next = at + 1; next < last && place + 1 < funnel.steps.length; next += 1) {
      const event = own[next]!
      const { onDay } = funnel.steps[place + 1]!
      const isOnDay = onDay === undefined || dayOf(event.at, zone) === dayOf(entry.at, zone) + onDay
      const isInTime = event.at - entry.at <= funnel.windowSeconds * 1e6
      if (!isOnDay || !isInTime || !rules.matching[place + 1]!.has(event)) continue
      const way = [event, ...longest(next, place + 1)]
      if (way.length > best.length) best = way
    }
    known.set(`${at} ${place}`, best)
    return best
  }
  return [entry, ...longest(own.indexOf(entry), 0)]
}
