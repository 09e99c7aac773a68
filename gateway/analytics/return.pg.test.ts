import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChurnRequestSchema, RetentionRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { churn } from './churn.ts'
import { asked, type NaiveEvent, type NaivePeriod, naiveEvent } from './naive.case.ts'
import { intervalOf, type NaiveUnit } from './naive-answers.case.ts'
import { retention } from './retention.ts'
import { openWorld, periodRequest, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Atlantic/Azores', 'Asia/Kathmandu'] as const
const dayMicros = 86_400e6
const time = fc
  .tuple(fc.integer({ min: 0, max: 70 }), fc.constantFrom(0, 1, -1, 1_800e6, 20 * 3_600e6))
  .map(([days, more]) => Date.UTC(2026, 8, 10) * 1e3 + days * dayMicros + more)
const events = fc.array(
  fc.tuple(naiveEvent, time).map(([event, at]) => ({ ...event, at })),
  { maxLength: 40, size: 'max' },
)
const period: fc.Arbitrary<NaivePeriod> = fc
  .record({
    ends: fc.tuple(time, time).filter(([a, b]) => a !== b),
    sites: fc.constantFrom([], [1], [2, 3]),
    bots: fc.boolean(),
  })
  .map(({ ends: [a, b], ...more }) => ({ ...more, from: Math.min(a, b), to: Math.max(a, b) }))

/** The days on which each visitor of the sites asked for was active, in the site's zone, as numbers since 1970. */
function daysOfVisitors(all: readonly NaiveEvent[], of: NaivePeriod) {
  const known = all.filter((event) => event.visitor !== null && asked(of, event))
  return Object.values(Object.groupBy(known, (event) => `${event.site}|${event.bot}|${event.visitor}`)).map((group) => {
    const zone = zones[group![0]!.site - 1]!
    const days = group!.map((event) => dayOf(event.at, zone)).toSorted((a, b) => a - b)
    return { days, firstAsked: dayOf(of.from, zone), lastAsked: dayOf(of.to - 1, zone) }
  })
}

const dayOf = (micros: number, zone: string): number =>
  Date.parse(`${intervalOf(micros, zone, 'day')}T00:00:00Z`) / 86_400_000

/** The number of an interval, and its first day, by the calendar. */
function unitOf(day: number, unit: NaiveUnit): { place: number; first: string } {
  const date = new Date(day * 86_400_000)
  if (unit === 'month') {
    const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1))
    return { place: date.getUTCFullYear() * 12 + date.getUTCMonth(), first: first.toISOString().slice(0, 10) }
  }
  const monday = intervalOf(day * dayMicros, 'UTC', unit)
  return { place: Math.floor(Date.parse(monday) / 86_400_000 / (unit === 'week' ? 7 : 1)), first: monday }
}

test('retention: each cohort by first day, and who of it was there n intervals later, counted one by one', async () => {
  const unit = fc.constantFrom('day' as const, 'week' as const, 'month' as const)
  await fc.assert(
    fc.asyncProperty(events, period, unit, async (all, of, by) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, all)
      const interval = { day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH }[by]
      const request = create(RetentionRequestSchema, { question: periodRequest(of), interval, intervals: 10 })
      const { cohorts } = await retention(world.reading, request, { companyId })
      const visitors = daysOfVisitors(all, of).filter(
        ({ days, firstAsked, lastAsked }) => days[0]! >= firstAsked && days[0]! <= lastAsked,
      )
      const groups = Object.entries(Object.groupBy(visitors, ({ days }) => unitOf(days[0]!, by).first))
      const expected = groups
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([firstDay, group]) => {
          const places = group!.map(
            ({ days }) => new Set(days.map((day) => unitOf(day, by).place - unitOf(days[0]!, by).place)),
          )
          const active = Array.from({ length: 11 }, (_, n) => places.filter((one) => one.has(n)).length)
          return {
            firstDay,
            visitors: group!.length,
            returned: group!.filter(({ days }) => days.at(-1)! > days[0]!).length,
            active: active.slice(0, active.findLastIndex((count) => count > 0) + 1),
          }
        })
      expect(cohorts).toEqual(expected)
    }),
    { numRuns: 100, endOnFailure: true },
  )
}, 120_000)

test('churn: the state before the period and at its end, counted one by one', async () => {
  const stateOf = (days: readonly number[], on: number): string => {
    const last = days.findLast((day) => day <= on)
    if (last === undefined) return ''
    const since = on - last
    return since < 7 ? 'active' : since < 14 ? 'soft' : since < 30 ? 'churned' : 'hard'
  }
  await fc.assert(
    fc.asyncProperty(events, period, async (all, of) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, all)
      const request = create(ChurnRequestSchema, { question: periodRequest(of) })
      const { transitions, meta: _, ...counts } = await churn(world.reading, request, { companyId })
      const states = daysOfVisitors(all, of)
        .map(({ days, firstAsked, lastAsked }) => [stateOf(days, firstAsked - 1), stateOf(days, lastAsked)] as const)
        .filter(([, after]) => after !== '')
      const groups = Object.entries(Object.groupBy(states, ([before, after]) => `${before} ${after}`))
      const expected = groups
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, group]) => ({ before: group![0]![0], after: group![0]![1], visitors: group!.length }))
      expect(transitions).toEqual(expected)
      const inState = (state: string) => states.filter(([, after]) => after === state).length
      expect(counts).toEqual({
        active: inState('active'),
        soft: inState('soft'),
        churned: inState('churned'),
        hard: inState('hard'),
      })
    }),
    { numRuns: 100, endOnFailure: true },
  )
}, 120_000)
