import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BreakdownRequestSchema } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import {
  ContentOrder,
  ContentRequestSchema,
  EventPropertiesRequestSchema,
  PageSeriesRequestSchema,
} from '../../../proto/gen/userflow/v1/content_pb.ts'
import { Dimension, Interval } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { sealDays } from '../../../sql/seal-days.ts'
import { storeEvents } from '../../../test/support/store-events.ts'
import { breakdown } from '../breakdown.ts'
import { eventsOf } from '../naive.case.ts'
import { intervalOf } from '../naive-answers.case.ts'
import { filtered } from '../naive-filters.case.ts'
import { fromMicros, type TimestampFields } from '../time.ts'
import { openWorld, periodRequest, type World } from '../world.case.ts'
import { content, pageSeries } from './content.ts'
import { eventProperties } from './event-properties.ts'
import {
  close,
  onCountry,
  type PageEvent,
  pageEvents,
  pageFilters,
  periods,
  sealSome,
  storePageEvents,
  writtenByPostgres,
} from './events.case.ts'
import { naiveContent, naivePageIn } from './naive-content.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
const orders = {
  views: ContentOrder.VIEWS,
  visitors: ContentOrder.VISITORS,
  sessions: ContentOrder.SESSIONS,
  entries: ContentOrder.ENTRIES,
  exits: ContentOrder.EXITS,
  timeOnPageSeconds: ContentOrder.TIME,
} as const
const order = fc.constantFrom(...(Object.keys(orders) as (keyof typeof orders)[]))

type Figure = number | undefined
/** What both say of a page. */
interface Figures {
  readonly visitors?: Figure
  readonly sessions?: Figure
  readonly entries?: Figure
  readonly exits?: Figure
  readonly timeOnPageSeconds?: Figure
}
const figuresOf = ({ visitors, sessions, entries, exits, timeOnPageSeconds }: Figures, views: Figure) => ({
  views,
  visitors,
  sessions,
  entries,
  exits,
  timeOnPageSeconds,
})

test('content equals a count page by page, and a breakdown by page where both have a figure', async () => {
  await fc.assert(
    fc.asyncProperty(pageEvents, periods, pageFilters, order, async (events, period, filters, by) => {
      const companyId = await world.newCompany(zones)
      await storePageEvents(world, companyId, events)
      await sealSome(world, companyId)
      const question = { ...periodRequest(period), filters }
      const ask = (page: object) =>
        content(world.reading, create(ContentRequestSchema, { question, order: orders[by], ...page }), { companyId })
      const { rows, total, pages } = await ask({})
      const expected = naiveContent(events, { period, filters, zones })
      expect(total).toEqual(close(expected.get(null)))
      expected.delete(null)
      expect(pages).toBe(expected.size)
      const request = create(BreakdownRequestSchema, { question, dimension: Dimension.PAGE, limit: 1_000 })
      const summed = await breakdown(world.reading, request, { companyId })
      expect(new Map(summed.rows!.map((row) => [row.value, figuresOf(row, row.pageViews)]))).toEqual(
        new Map(rows!.map((row) => [row.page, close(figuresOf(row, row.views))])),
      )
      const rank = (row: object) => (row as Record<string, number>)[by] ?? 0
      const inOrder = [...expected].toSorted(([a, x], [b, y]) => rank(y) - rank(x) || (a! < b! ? -1 : 1))
      expect(rows).toEqual(inOrder.map(([, row]) => close(row)))
      expect((await ask({ limit: 1, offset: 1 })).rows).toEqual(rows!.slice(1, 2))
    }),
    { numRuns: 100, endOnFailure: true },
  )
}, 300_000)

/** Two of three events are views of one page, so that visitors who are bots meet others of their name there. */
const viewsOfOne = pageEvents.map((events) =>
  events.map(
    (event, index): PageEvent => (index % 3 === 0 ? event : { ...event, type: 'page_view', page: '/', value: null }),
  ),
)

test("a page's series equals a count of each interval of the zone by itself", async () => {
  const zone = fc.constantFrom('UTC', 'Europe/Lisbon', 'Asia/Kathmandu')
  const page = fc.constantFrom('/', '/a')
  const anyFilters = fc.oneof(pageFilters, onCountry)
  await fc.assert(
    fc.asyncProperty(viewsOfOne, periods, anyFilters, zone, page, async (events, period, filters, timeZone, path) => {
      // Ways of sealed days are read of companies that keep one time zone.
      const companyId = await world.newCompany(
        path === '/a' ? zones : ['Asia/Kathmandu', 'Asia/Kathmandu', 'Asia/Kathmandu'],
      )
      await storePageEvents(world, companyId, events)
      await sealSome(world, companyId)
      const question = { ...periodRequest(period), filters, timeZone }
      const request = create(PageSeriesRequestSchema, { question, page: path, interval: Interval.DAY })
      const { rows } = await pageSeries(world.reading, request, { companyId })
      const microsOf = (time: unknown) => {
        const { seconds, nanos } = time as TimestampFields
        return Number(seconds) * 1e6 + nanos / 1e3
      }
      expect([microsOf(rows!.at(0)!.from), microsOf(rows!.at(-1)!.to)]).toEqual([period.from, period.to])
      for (const { from, to: _, incomplete, ...figures } of rows!) {
        const day = intervalOf(microsOf(from), timeZone, 'day')
        const isIn = (micros: number) => intervalOf(micros, timeZone, 'day') === day
        expect(incomplete).toBe(true)
        expect(figures).toEqual(close(naivePageIn(events, { period, filters, page: path, isIn })))
      }
    }),
    { numRuns: 100, endOnFailure: true },
  )
}, 300_000)

test('who goes on after the end of the period has been on the page up to there, on sealed days as on others', async () => {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const of = (time: string, more: object) => ({
    company_id: companyId,
    session_id: 's',
    event_timestamp: `2026-11-${time}Z`,
    page_path: '/',
    ...more,
  })
  const events = [of('10T22:00:00', { event_type: 'page_view' }), of('12T01:00:00', { event_type: 'click' })]
  await storeEvents(world.db, { events })
  const [from, to] = ['2026-11-10', '2026-11-11'].map((day) => fromMicros(Date.parse(day) * 1e3))
  const request = create(PageSeriesRequestSchema, {
    question: { from: from!, to: to! },
    page: '/',
    interval: Interval.DAY,
  })
  const seconds = async () => (await pageSeries(world.reading, request, { companyId })).rows![0]!.timeOnPageSeconds
  expect(await seconds()).toBe(7_200)
  await sealDays(world.db, { forMs: 10_000, leastEvents: 1 })
  expect(await seconds()).toBe(7_200)
})

test('properties equal a count of the keys and values of each event', async () => {
  const type = fc.constantFrom('', 'custom', 'page_view')
  const name = fc.constantFrom('', '', 'signup')
  await fc.assert(
    fc.asyncProperty(
      pageEvents,
      periods,
      pageFilters,
      type,
      name,
      async (events, period, filters, eventType, eventName) => {
        const companyId = await world.newCompany(zones)
        await storePageEvents(world, companyId, events)
        const question = { ...periodRequest(period), filters }
        const ask = (page: object) =>
          eventProperties(
            world.reading,
            create(EventPropertiesRequestSchema, { question, eventType, eventName, values: 2, ...page }),
            { companyId },
          )
        const answered = await ask({})
        const ids = new Set<string>(eventsOf(filtered(events, filters).events, period).map(({ id }) => id))
        const counted = events.filter(
          (event) =>
            ids.has(event.id) &&
            (eventType === '' || event.type === eventType) &&
            (eventName === '' || event.name === eventName),
        )
        const pairs = counted.flatMap(({ properties }) =>
          Object.entries(properties ?? {}).map(([key, value]) => ({ key, kind: kindOf(value), value: textOf(value) })),
        )
        const expected = [...Map.groupBy(pairs, ({ key }) => key)].map(([key, group]) => {
          const ofKind = (kind: string) => group.filter((one) => one.kind === kind).length
          const values = [...Map.groupBy(group, ({ value }) => value)].map(([value, all]) => ({
            value,
            events: all.length,
          }))
          return {
            key,
            events: group.length,
            share: group.length / counted.length,
            strings: ofKind('string'),
            numbers: ofKind('number'),
            booleans: ofKind('boolean'),
            objects: ofKind('object'),
            arrays: ofKind('array'),
            nulls: ofKind('null'),
            distinctValues: values.length,
            values: values.toSorted((a, b) => b.events - a.events || (a.value < b.value ? -1 : 1)).slice(0, 2),
          }
        })
        const rows = expected.toSorted((a, b) => b.events - a.events || (a.key < b.key ? -1 : 1))
        expect(answered.rows).toEqual(rows.map(close))
        expect(answered).toMatchObject({ events: counted.length, keys: rows.length })
        expect((await ask({ limit: 1, offset: 1 })).rows).toEqual(answered.rows!.slice(1, 2))
      },
    ),
    { numRuns: 100, endOnFailure: true },
  )
}, 300_000)

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const textOf = (value: unknown): string =>
  value === null ? '' : typeof value === 'object' ? writtenByPostgres(value) : String(value)
