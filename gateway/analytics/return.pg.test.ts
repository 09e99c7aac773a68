import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChurnRequestSchema, RetentionRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { churn } from './churn.ts'
import { asked, type NaiveEvent, type NaivePeriod } from './naive.case.ts'
import { dayOf, longPeriod, manyDays, unitOf } from './naive-days.case.ts'
import { retention } from './retention.ts'
import { openWorld, periodRequest, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Atlantic/Azores', 'Asia/Kathmandu'] as const
/** The days on which each visitor of the sites asked for was active, in the site's zone, as numbers since 1970. */
function daysOfVisitors(all: readonly NaiveEvent[], of: NaivePeriod) {
  const known = all.filter((event) => event.visitor !== null && asked(of, event))
  return Object.values(Object.groupBy(known, (event) => `${event.site}|${event.bot}|${event.visitor}`)).map((group) => {
    const zone = zones[group![0]!.site - 1]!
    const days = group!.map((event) => dayOf(event.at, zone)).toSorted((a, b) => a - b)
    return { days, firstAsked: dayOf(of.from, zone), lastAsked: dayOf(of.to - 1, zone) }
  })
}

test('retention: each cohort by first day, and who of it was there n intervals later, counted one by one', async () => {
  const unit = fc.constantFrom('day' as const, 'week' as const, 'month' as const)
  await fc.assert(
    fc.asyncProperty(manyDays, longPeriod, unit, async (all, of, by) => {
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
    { numRuns: 45, endOnFailure: true },
  )
}, 300_000)

test('churn: the state before the period and at its end, counted one by one', async () => {
  const stateOf = (days: readonly number[], on: number): string => {
    const last = days.findLast((day) => day <= on)
    if (last === undefined) return ''
    const since = on - last
    return since < 7 ? 'active' : since < 14 ? 'soft' : since < 30 ? 'churned' : 'hard'
  }
  await fc.assert(
    fc.asyncProperty(manyDays, longPeriod, async (all, of) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, all)
      const request = create(ChurnRequestSchema, { question: periodRequest(of) })
      const { transitions, meta: _, timeZone: __, ...counts } = await churn(world.reading, request, { companyId })
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
    { numRuns: 45, endOnFailure: true },
  )
}, 300_000)
