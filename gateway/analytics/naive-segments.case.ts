import fc from 'fast-check'
import { People } from '../../proto/gen/userflow/v1/question_pb.ts'
import { asked, type NaiveEvent, type NaivePeriod, type NaiveSession } from './naive.case.ts'
import { filtered, type NaiveFilter, naiveFilter } from './naive-filters.case.ts'

/** A rule as a request says it. */
export interface NaiveRule {
  readonly filters: NaiveFilter[]
  readonly atLeast?: number
  readonly atMost?: number
  readonly lastDays: number
}

/** A segment as a request says it. */
export interface NaiveSegment {
  readonly people: People
  readonly rules: NaiveRule[]
}

const bounds = fc.constantFrom(
  ...[
    {},
    { atLeast: 1 },
    { atLeast: 2 },
    { atMost: 0 },
    { atMost: 1 },
    { atLeast: 1, atMost: 2 },
    { atLeast: 0, atMost: 1 },
  ],
)
const rule: fc.Arbitrary<NaiveRule> = fc
  .record({ filters: fc.array(naiveFilter, { maxLength: 2 }), bound: bounds, lastDays: fc.constantFrom(0, 0, 1, 3) })
  .map(({ bound, ...more }) => ({ ...more, ...bound }))

export const somePeople = fc.constantFrom(People.UNSPECIFIED, People.VISITORS, People.USERS)
export const naiveSegment: fc.Arbitrary<NaiveSegment> = fc.record({
  people: somePeople,
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
})

/** Names the person of an event; undefined for nobody. */
export function personOf(event: NaiveEvent, people: People): string | undefined {
  if (people === People.USERS) return event.user ?? undefined
  return event.visitor === null ? undefined : `${event.site}|${event.bot}|${event.visitor}`
}

/** Names the person of a session: of its first event the visitor, of all the greatest user id. */
export function personOfSession({ entry, events }: NaiveSession, people: People): string | undefined {
  if (people !== People.USERS) return personOf(entry, people)
  return events
    .flatMap((event) => event.user ?? [])
    .toSorted()
    .at(-1)
}

/** Whether a person is in the segment: the events are counted one by one. */
export function naiveMembers(
  events: readonly NaiveEvent[],
  of: { period: NaivePeriod; segment: NaiveSegment },
): (person: string | undefined) => boolean {
  const { period, segment } = of
  const counted = segment.rules.map((one) => {
    const from = one.lastDays === 0 ? period.from : period.to - one.lastDays * 86_400e6
    return filtered(events, one.filters).events.filter(
      (event) => asked(period, event) && event.at >= from && event.at < period.to,
    )
  })
  return (person) =>
    person !== undefined &&
    segment.rules.every(({ atLeast, atMost }, index) => {
      const count = counted[index]!.filter((event) => personOf(event, segment.people) === person).length
      return count >= (atLeast ?? (atMost === undefined ? 1 : 0)) && count <= (atMost ?? Number.POSITIVE_INFINITY)
    })
}
