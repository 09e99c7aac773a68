import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  EventBreakdownRequestSchema,
  OverviewRequestSchema,
  RecentEventsRequestSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import type { Reading } from './answer.ts'
import { eventBreakdown } from './event-breakdown.ts'
import {
  eventsOf,
  type NaiveEvent,
  type NaivePeriod,
  naiveEvent,
  naiveOverview,
  naivePeriod,
  toRow,
} from './naive.case.ts'
import { overview } from './overview.ts'
import { recentEvents } from './recent-events.ts'
import { fromMicros } from './time.ts'

let stack: AsyncDisposableStack
let db: Database
let reading: Reading
let company = 0

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const fresh = stack.use(await freshDatabase())
  db = stack.use(testDatabase(fresh.url))
  reading = { db, progress: { completeTo: async () => undefined, unread: async () => [] }, observe: () => undefined }
})
afterAll(() => stack.disposeAsync())

/** A company whose sites keep the days of three zones, one of them with a quarter hour and one that changes its clocks. */
async function newCompany(): Promise<number> {
  company += 1
  await db.query('insert into company (company_id, name) values ($1, $2)', [company, 'test'])
  await db.query(
    `insert into site (company_id, site_id, name, kind, time_zone)
     values ($1, 1, 'one', 'web', 'UTC'), ($1, 2, 'two', 'web', 'Europe/Lisbon'), ($1, 3, 'three', 'web', 'Asia/Kathmandu')`,
    [company],
  )
  return company
}

/** Stores the events in two partitions, some of them twice. */
async function storeAll(companyId: number, events: readonly NaiveEvent[]): Promise<void> {
  const rows = events.map((event) => toRow(companyId, event))
  const half = Math.floor(rows.length / 2)
  await storeEvents(db, { events: rows.slice(0, half), partition: 0 })
  await storeEvents(db, { events: rows.slice(Math.max(0, half - 2)), partition: 1 })
}

const periodRequest = (period: NaivePeriod) => ({
  from: fromMicros(period.from),
  to: fromMicros(period.to),
  siteIds: [...period.sites],
  includeBots: period.bots,
})

const someEvents = fc.array(naiveEvent, { maxLength: 40 })
const somePeriods = fc.array(naivePeriod, { minLength: 4, maxLength: 4 })

test('overview equals a count of the events one by one, for any period, sites and bots', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, async (events, periods) => {
      const companyId = await newCompany()
      await storeAll(companyId, events)
      for (const period of periods) {
        const request = create(OverviewRequestSchema, periodRequest(period))
        const { meta, ...numbers } = await overview(reading, request, { companyId })
        const expected = naiveOverview(events, period)
        expect(Object.keys(numbers).toSorted()).toEqual(Object.keys(expected).toSorted())
        for (const [name, value] of Object.entries(numbers)) expect(value, name).toBeCloseTo(expected[name]!, 6)
        expect(meta).toMatchObject({ metric: 'overview', rowCount: 1 })
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
}, 120_000)

test('event_breakdown equals a count of the events one by one, most first', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, async (events, periods) => {
      const companyId = await newCompany()
      await storeAll(companyId, events)
      for (const period of periods) {
        const request = create(EventBreakdownRequestSchema, periodRequest(period))
        const { rows } = await eventBreakdown(reading, request, { companyId })
        const groups = Object.groupBy(eventsOf(events, period), (event) => `${event.type}|${event.name ?? ''}`)
        const expected = Object.entries(groups)
          .map(([key, group]) => ({ key, events: group!.length }))
          .toSorted((a, b) => b.events - a.events || (a.key < b.key ? -1 : 1))
        expect(rows!.map((row) => ({ key: `${row.eventType}|${row.eventName}`, events: row.events }))).toEqual(expected)
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
}, 120_000)

test('recent_events are the newest before a time, newest first, equal times by id', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, naivePeriod, fc.integer({ min: 1, max: 8 }), async (events, period, limit) => {
      const companyId = await newCompany()
      await storeAll(companyId, events)
      const { to: before, siteIds, includeBots } = periodRequest(period)
      const request = create(RecentEventsRequestSchema, { before, siteIds, includeBots, limit })
      const answer = await recentEvents(reading, request, { companyId })
      const expected = eventsOf(events, { ...period, from: 0 })
        .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit)
      expect(answer.events!.map((event) => [event.eventId, event.eventTime])).toEqual(
        expected.map((event) => [event.id, fromMicros(event.at)]),
      )
    }),
    { numRuns: 40, endOnFailure: true },
  )
}, 120_000)
