import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChurnRequestSchema, RetentionRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Filter } from '../../sql/filters.ts'
import { sealDays } from '../../sql/seal-days.ts'
import { answer } from './answer.ts'
import { churn } from './churn.ts'
import { asked, type NaiveEvent, type NaivePeriod } from './naive.case.ts'
import { dayOf, longPeriod, manyDays, unitOf } from './naive-days.case.ts'
import { filtered, type NaiveFilter, naiveFilter } from './naive-filters.case.ts'
import { naiveMembers, naiveSegment, personOf, somePeople } from './naive-segments.case.ts'
import { retention } from './retention.ts'
import { toSqlTime } from './time.ts'
import { openWorld, periodRequest, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Atlantic/Azores', 'Asia/Kathmandu'] as const
const someFilters: fc.Arbitrary<NaiveFilter[]> = fc.array(naiveFilter, { maxLength: 1 })
const someSegment = fc.option(naiveSegment, { nil: undefined })
const timeZone = fc.constantFrom('', '', 'UTC', 'America/Havana')

interface Which {
  readonly period: NaivePeriod
  readonly filters: NaiveFilter[]
  readonly segment: Parameters<typeof naiveMembers>[1]['segment'] | undefined
  readonly timeZone: string
  readonly people: Parameters<typeof personOf>[1]
}
const which: fc.Arbitrary<Which> = fc.record({
  period: longPeriod,
  filters: someFilters,
  segment: someSegment,
  timeZone,
  people: somePeople,
})

const questionOf = ({ period, filters, segment, timeZone }: Which) => ({
  ...periodRequest(period),
  filters,
  timeZone,
  ...(segment ? { segment } : {}),
})

/** The events of all times that match, by person. */
function byPerson(all: readonly NaiveEvent[], of: Which): NaiveEvent[][] {
  const { period, filters, segment, people } = of
  const isMember = segment ? naiveMembers(all, { period, segment }) : () => true
  const matching = filtered(all, filters).events.filter(
    (event) =>
      asked(period, event) &&
      personOf(event, people) !== undefined &&
      isMember(segment && personOf(event, segment.people)),
  )
  return Object.values(Object.groupBy(matching, (event) => personOf(event, people)!)).map((group) => group!)
}

/** Both are there in one answer: the zone of the answer is the one of the days. */
const zoneFor = ({ timeZone, period }: Which): string =>
  timeZone || (period.sites.length === 1 ? zones[period.sites[0]! - 1]! : 'UTC')

test('retention by chosen events, filters, segment, people and time zone equals a count one by one', async () => {
  const unit = fc.constantFrom('day' as const, 'week' as const, 'month' as const)
  const seen = { cohorts: 0, returned: 0 }
  await fc.assert(
    fc.asyncProperty(manyDays, which, someFilters, someFilters, unit, async (all, of, first, back, by) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, all)
      const request = create(RetentionRequestSchema, {
        question: questionOf(of),
        interval: { day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH }[by],
        intervals: 10,
        people: of.people,
        firstEvent: first,
        returnEvent: back,
      })
      const { cohorts, timeZone: zone, meta } = await retention(world.reading, request, { companyId })
      if (meta!.metric === 'retention') return
      expect(zone).toBe(zoneFor(of))
      const firsts = new Set(filtered(all, first).events)
      const returns = new Set(filtered(all, back).events)
      const { from, to } = of.period
      const people = byPerson(all, of).flatMap((events) => {
        const at = Math.min(...events.filter((event) => firsts.has(event)).map((event) => event.at))
        if (!(at >= from && at < to)) return []
        const day = dayOf(at, zone!)
        const days = events.filter((event) => returns.has(event) && event.at >= at).map((one) => dayOf(one.at, zone!))
        return [{ day, days }]
      })
      const groups = Object.entries(Object.groupBy(people, ({ day }) => unitOf(day, by).first))
      const expected = groups
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([firstDay, group]) => {
          const places = group!.map(({ day, days }) => days.map((one) => unitOf(one, by).place - unitOf(day, by).place))
          const active = Array.from({ length: 11 }, (_, n) => places.filter((one) => one.includes(n)).length)
          return {
            firstDay,
            visitors: group!.length,
            returned: group!.filter(({ day, days }) => days.some((one) => one > day)).length,
            active: active.slice(0, active.findLastIndex((count) => count > 0) + 1),
          }
        })
      expect(cohorts).toEqual(expected)
      seen.cohorts += expected.length
      seen.returned += expected.reduce((sum, { returned }) => sum + returned, 0)
    }),
    { numRuns: 60, endOnFailure: true },
  )
  expect(Math.min(seen.cohorts, seen.returned)).toBeGreaterThan(2)
}, 300_000)

test('churn with filters, segment, people and time zone equals a count one by one', async () => {
  const stateOf = (days: readonly number[], on: number): string => {
    const before = days.filter((day) => day <= on)
    const away = on - Math.max(...before)
    if (before.length === 0) return ''
    return away < 7 ? 'active' : away < 14 ? 'soft' : away < 30 ? 'churned' : 'hard'
  }
  let seen = 0
  await fc.assert(
    fc.asyncProperty(manyDays, which, async (all, of) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, all)
      const request = create(ChurnRequestSchema, { question: questionOf(of), people: of.people })
      const { transitions, timeZone: zone, meta } = await churn(world.reading, request, { companyId })
      if (meta!.metric === 'churn') return
      expect(zone).toBe(zoneFor(of))
      const firstDay = dayOf(of.period.from, zone!)
      const lastDay = dayOf(of.period.to - 1, zone!)
      const states = byPerson(all, of)
        .map((events) => events.map((event) => dayOf(event.at, zone!)))
        .map((days) => `${stateOf(days, firstDay - 1)} ${stateOf(days, lastDay)}`)
        .filter((state) => !state.endsWith(' '))
      const counts = Object.entries(Object.groupBy(states, (state) => state)).toSorted(([a], [b]) => (a < b ? -1 : 1))
      expect(transitions).toEqual(
        counts.map(([state, group]) => ({
          before: state.split(' ')[0],
          after: state.split(' ')[1],
          visitors: group!.length,
        })),
      )
      seen += transitions!.length
    }),
    { numRuns: 50, endOnFailure: true },
  )
  expect(seen).toBeGreaterThan(2)
}, 300_000)

test('answers about people from sealed days equal themselves counted from events one by one', async () => {
  const ofWays: fc.Arbitrary<Filter> = fc.record({
    dimension: fc.constantFrom('country' as const, 'browser' as const, 'user' as const),
    operator: fc.constantFrom('is' as const, 'is_not' as const),
    values: fc.constantFrom(['DE', 'Firefox', 'yes'], ['', 'AT', 'no']),
  })
  const question = fc.record({
    period: longPeriod,
    filters: fc.array(ofWays, { maxLength: 2 }),
    zone: fc.constantFrom('UTC', ...zones),
    people: fc.constantFrom('users', 'visitors'),
    unit: fc.constantFrom('day', 'week', 'month'),
    feature: fc.constantFrom<Filter[]>(
      [{ dimension: 'event_name', operator: 'is', values: ['signup', ''] }],
      [
        { dimension: 'event_type', operator: 'is_not', values: ['click'] },
        { dimension: 'page', operator: 'contains', values: ['/'] },
      ],
    ),
  })
  let seen = 0
  await fc.assert(
    fc.asyncProperty(manyDays, fc.array(question, { minLength: 6, maxLength: 6 }), async (all, questions) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, all)
      await sealDays(world.db, { forMs: 10_000, leastEvents: 1 + (companyId % 2) })
      for (const { period, filters, zone, people, unit, feature } of questions) {
        const common = {
          from_time: toSqlTime(period.from),
          to_time: toSqlTime(period.to),
          site_ids: period.sites,
          include_bots: period.bots,
          time_zone: zone,
        }
        const any_event = filters.length === 0
        const ask = async (metric: string, more: object, only = filters) => {
          const parameters = { ...common, ...more }
          const named = metric.startsWith('adoption') ? { feature } : {}
          return (await answer(world.reading, { metric, caller: { companyId }, parameters, filters: only, named })).rows
        }
        const statistics = { signup_event: 'signup' }
        for (const [one, other, more, sealed, only] of [
          ['retention_of_days', 'retention_from_events', { people, unit, most_units: 10 }, { any_event }, filters],
          ['churn_of_days', 'churn_from_events', { people }, { any_event }, filters],
          ['stickiness_of_days', 'stickiness_from_events', { people }, { any_event }, filters],
          ['adoption_of_ways', 'adoption', { people, unit }, {}, filters],
          ['user_statistics_of_ways', 'user_statistics_from_events', statistics, {}, filters],
          ['user_statistics', 'user_statistics_from_events', statistics, {}, []],
        ] as const) {
          const rows = await ask(one, { ...more, ...sealed }, [...only])
          expect(rows, one).toEqual(await ask(other, more, [...only]))
          seen += rows.length
        }
      }
    }),
    { numRuns: 7, endOnFailure: true },
  )
  expect(seen).toBeGreaterThan(50)
}, 300_000)
