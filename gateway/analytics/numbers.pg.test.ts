import { randomUUID } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  EventBreakdownRequestSchema,
  OverviewRequestSchema,
  RecentEventsRequestSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { ComparedWith } from '../../proto/gen/userflow/v1/question_pb.ts'
import { eventBreakdown } from './event-breakdown.ts'
import {
  begunIn,
  eventsOf,
  type NaivePeriod,
  naiveEvent,
  naiveOverview,
  naivePeriod,
  sessionsOf,
  toAutumn,
} from './naive.case.ts'
import { overview } from './overview.ts'
import { recentEvents } from './recent-events.ts'
import { fromMicros } from './time.ts'
import { openWorld, periodRequest, someEvents, somePeriods, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const dayMicros = 86_400e6

/** Sites that keep the days of three zones: one beside the full hour, one that changes its clocks at midnight. */
const zones = ['UTC', 'Atlantic/Azores', 'Asia/Kathmandu'] as const

const inAutumn = (period: NaivePeriod): NaivePeriod => ({
  ...period,
  from: period.from + toAutumn,
  to: period.to + toAutumn,
})

test('overview equals a count of the events one by one, for any period, sites and bots, and the period compared with', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, fc.boolean(), async (spring, periodsOfSpring, isAutumn) => {
      const events = isAutumn ? spring.map((event) => ({ ...event, at: event.at + toAutumn })) : spring
      const periods = isAutumn ? periodsOfSpring.map(inAutumn) : periodsOfSpring
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, events)
      const expectNumbers = (numbers: object, period: NaivePeriod) => {
        const expected = naiveOverview(eventsOf(events, period), begunIn(sessionsOf(events), period))
        expect(Object.keys(numbers).toSorted()).toEqual(Object.keys(expected).toSorted())
        for (const [name, value] of Object.entries(numbers)) expect(value, name).toBeCloseTo(expected[name]!, 6)
      }
      for (const [at, period] of periods.entries()) {
        const { from, to } = periods.at(-1)!
        const compare = { with: ComparedWith.PERIOD, from: fromMicros(from), to: fromMicros(to) }
        const question = { ...periodRequest(period), ...(at === 0 && { compare }) }
        const { meta, compared, ...numbers } = await overview(world.reading, create(OverviewRequestSchema, question), {
          companyId,
        })
        expectNumbers(numbers, period)
        expect(meta).toMatchObject({ metric: 'overview', rowCount: 1 })
        if (at > 0) continue
        const { from: _from, to: _to, meta: _meta, ...numbersBefore } = compared!
        expectNumbers(numbersBefore, { ...period, from, to })
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
}, 300_000)

test('visitors of a sealed day that a period cuts are counted to the microsecond', async () => {
  let companyId = await world.newCompany(zones)
  // The world seals the days of the first of eight companies.
  while (companyId % 8 !== 1) companyId = await world.newCompany(zones)
  const noon = Date.UTC(2026, 2, 10, 12) * 1e3
  const around = [-60e6 - 1, -60e6, -1, 0, 1, 60e6 - 1, 60e6].map((micros) => noon + micros)
  const [plain] = fc.sample(naiveEvent, 1)
  const visits = around.flatMap((first, at) => around.slice(at).map((last) => [first, last]))
  // Some visitors come on the days beside it too.
  const ofVisitor = (times: readonly number[], nth: number): number[] =>
    nth % 4 === 0 ? [...times, noon - dayMicros] : nth % 4 === 1 ? [...times, noon + dayMicros] : [...times]
  const events = visits.flatMap((times, nth) =>
    ofVisitor(times, nth).map((at) => ({
      ...plain!,
      ...{ id: randomUUID(), at, site: 1 + (nth % 2), visitor: `v${nth}`, session: null, bot: false },
    })),
  )
  await world.storeAll(companyId, events)
  const edges = [-1.5, -0.5, 0.5, 1.5].map((days) => noon + days * dayMicros).concat(around)
  for (const [from, to] of edges.flatMap((one) => edges.filter((other) => one < other).map((other) => [one, other]))) {
    const period = { from: from!, to: to!, sites: [], bots: false }
    const { visitors } = await overview(world.reading, create(OverviewRequestSchema, periodRequest(period)), {
      companyId,
    })
    expect(visitors, `${from! - noon} to ${to! - noon}`).toBe(naiveOverview(eventsOf(events, period), []).visitors)
  }
})

test('event_breakdown equals a count of the events one by one, most first', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, async (events, periods) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, events)
      for (const period of periods) {
        const request = create(EventBreakdownRequestSchema, periodRequest(period))
        const { rows } = await eventBreakdown(world.reading, request, { companyId })
        const groups = Object.groupBy(eventsOf(events, period), (event) => `${event.type}|${event.name ?? ''}`)
        const expected = Object.entries(groups)
          .map(([key, group]) => ({ key, events: group!.length }))
          .toSorted((a, b) => b.events - a.events || (a.key < b.key ? -1 : 1))
        expect(rows!.map((row) => ({ key: `${row.eventType}|${row.eventName}`, events: row.events }))).toEqual(expected)
      }
    }),
    { numRuns: 30, endOnFailure: true },
  )
}, 300_000)

test('recent_events are the newest before a time, newest first, equal times by id', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, naivePeriod, fc.integer({ min: 1, max: 8 }), async (events, period, limit) => {
      const companyId = await world.newCompany(zones)
      await world.storeAll(companyId, events)
      const { to: before, siteIds, includeBots } = periodRequest(period)
      const request = create(RecentEventsRequestSchema, { before, siteIds, includeBots, limit })
      const answer = await recentEvents(world.reading, request, { companyId })
      const expected = eventsOf(events, { ...period, from: 0 })
        .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit)
      expect(answer.events!.map((event) => [event.eventId, event.eventTime])).toEqual(
        expected.map((event) => [event.id, fromMicros(event.at)]),
      )
    }),
    { numRuns: 30, endOnFailure: true },
  )
}, 300_000)

test('a visitor in the first of two hours after midnight is not counted in a period that begins with the second', async () => {
  const companyId = await world.newCompany(['Atlantic/Azores', 'UTC', 'UTC'])
  const [event] = fc.sample(naiveEvent, 1)
  const seen = { ...event!, site: 1, bot: false, visitor: 'v', at: Date.UTC(2026, 9, 25, 0, 30) * 1e3 }
  await world.storeAll(companyId, [seen])
  const to = fromMicros(Date.UTC(2026, 9, 27) * 1e3)
  for (const [hour, visitors] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const request = create(OverviewRequestSchema, { from: fromMicros(Date.UTC(2026, 9, 25, hour) * 1e3), to })
    expect(await overview(world.reading, request, { companyId })).toMatchObject({ visitors, events: visitors })
  }
})
