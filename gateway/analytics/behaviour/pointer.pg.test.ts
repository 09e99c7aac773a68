import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ClickedElementsOrder,
  ClickedElementsRequestSchema,
  HeatMapRequestSchema,
} from '../../../proto/gen/userflow/v1/pointer_pb.ts'
import { sealDays } from '../../../sql/seal-days.ts'
import type { NaiveFilter } from '../naive-filters.case.ts'
import { openWorld, periodRequest, type World } from '../world.case.ts'
import {
  close,
  type PageEvent,
  pageEvent,
  pageEvents,
  pageFilters,
  periods,
  sealSome,
  storePageEvents,
} from './events.case.ts'
import { medianOf } from './naive-content.case.ts'
import { naiveElements, naiveHeat } from './naive-pointer.case.ts'
import { clickedElements, heatMap } from './pointer.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
/** One filter at most, so that some clicks are left. */
const fewFilters: fc.Arbitrary<NaiveFilter[]> = pageFilters.map((filters) => filters.slice(1))
const orders = {
  clicks: ClickedElementsOrder.CLICKS,
  rages: ClickedElementsOrder.RAGES,
  deadClicks: ClickedElementsOrder.DEAD,
} as const
const shown = { acrossPages: fc.boolean(), by: fc.constantFrom(...(Object.keys(orders) as (keyof typeof orders)[])) }
/** The usual numbers, by which sealed days judge, and others. */
const judging = fc.oneof(
  fc.record({ rageClicks: fc.constant(3), rageMs: fc.constant(1_000), deadMs: fc.constant(3_000), ...shown }),
  fc.record({
    rageClicks: fc.integer({ min: 2, max: 4 }),
    rageMs: fc.constantFrom(400, 1_000, 60_000),
    deadMs: fc.constantFrom(1, 1_000, 3_000),
    ...shown,
  }),
)
/** Clicks of few sessions on few elements, and what answers them. */
const manyClicks: fc.Arbitrary<PageEvent[]> = fc.array(
  pageEvent.map((event, index = Number.parseInt(event.id.slice(0, 2), 16)) =>
    index % 4 === 0
      ? event
      : {
          ...event,
          ...{ type: 'click', page: '/', selector: '#buy', value: null, loadMs: null, bot: false, site: 1 },
        },
  ),
  { maxLength: 30, size: 'max' },
)

const allOfThem = fc.constant({
  from: Date.UTC(2026, 2, 28) * 1e3,
  to: Date.UTC(2026, 2, 31) * 1e3,
  sites: [],
  bots: false,
})

test('clicked elements, rage clicks and dead clicks equal a look at each click and what follows it', async () => {
  const seen = { rages: 0, deadClicks: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(pageEvents, manyClicks, manyClicks),
      fc.oneof(periods, allOfThem, allOfThem),
      fc.oneof(fewFilters, fc.constant<NaiveFilter[]>([])),
      judging,
      async (events, period, filters, how) => {
        const companyId = await world.newCompany(zones)
        await storePageEvents(world, companyId, events)
        if (companyId % 3 === 0) await sealSome(world, companyId)
        const { by, ...judged } = how
        const request = { question: { ...periodRequest(period), filters }, order: orders[by], ...judged }
        const ask = (page: object) =>
          clickedElements(world.reading, create(ClickedElementsRequestSchema, { ...request, ...page }), { companyId })
        const { rows, total, elements } = await ask({})
        const expected = naiveElements(events, { period, filters, zones, ...judged })
        expect(total).toEqual(expected.get(null))
        seen.rages += total!.rages!
        seen.deadClicks += total!.deadClicks!
        expected.delete(null)
        expect(elements).toBe(expected.size)
        type Figures = Record<string, number> & { page: string; element: string }
        const place = ({ page, element }: Figures): string => `${page}\0${element}`
        const inOrder = ([...expected.values()] as Figures[]).toSorted(
          (a, b) => b[by]! - a[by]! || (place(a) < place(b) ? -1 : 1),
        )
        expect(rows).toEqual(inOrder)
        expect((await ask({ limit: 1, offset: 1 })).rows).toEqual(rows!.slice(1, 2))
      },
    ),
    { numRuns: 250, endOnFailure: true },
  )
  expect(seen.rages).toBeGreaterThan(20)
  expect(seen.deadClicks).toBeGreaterThan(20)
}, 300_000)

const day = 86_400e6
const march = Date.UTC(2026, 2, 28) * 1e3
/** Something on each of seventeen days, of which seven are a week from Monday on. */
const clicksOfWeeks: fc.Arbitrary<PageEvent[]> = fc
  .array(pageEvent, { minLength: 34, maxLength: 51, size: 'max' })
  .map((events) =>
    events.map((event, index) => ({
      ...event,
      ...(index % 5 === 0 ? {} : { type: 'click', value: null, loadMs: null }),
      at: march + (index % 17) * day + ((event.at - march) % 3_600e6),
    })),
  )
const periodOfWeeks = fc.record({
  from: fc.constantFrom(march, march + day, march + 1e6, march + 4 * day),
  to: fc.constantFrom(march + 9 * day, march + 16 * day + 1e6, march + 20 * day),
  sites: fc.constantFrom<number[]>([], [1]),
  bots: fc.boolean(),
})

test('clicks of whole weeks, added up, equal a look at each', async () => {
  await fc.assert(
    fc.asyncProperty(clicksOfWeeks, periodOfWeeks, fc.boolean(), async (events, period, acrossPages) => {
      const utc = ['UTC', 'UTC', 'UTC'] as const
      const companyId = await world.newCompany(utc)
      await storePageEvents(world, companyId, events)
      await sealDays(world.db, { forMs: 10_000, leastEvents: 1 })
      const request = create(ClickedElementsRequestSchema, { question: periodRequest(period), acrossPages })
      const { rows, total } = await clickedElements(world.reading, request, { companyId })
      const usual = { rageClicks: 3, rageMs: 1_000, deadMs: 3_000 }
      const expected = naiveElements(events, { period, filters: [], zones: utc, acrossPages, ...usual })
      expect(total).toEqual(expected.get(null))
      expected.delete(null)
      const sorted = (all: readonly object[]) =>
        all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      const inOneOrder = (all: readonly object[]) =>
        sorted(all.map((one) => Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))))
      expect(inOneOrder(rows!)).toEqual(inOneOrder([...expected.values()]))
    }),
    { numRuns: 8, endOnFailure: true },
  )
  const [weeks] = await world.db.query<{ n: number }>('select count(*)::int as n from summed_weeks')
  expect(weeks!.n).toBeGreaterThan(3)
}, 300_000)

test('a heat map puts each click into its cell, and says how many have no place', async () => {
  const grid = fc.record({
    page: fc.constantFrom('/', '/a'),
    columns: fc.constantFrom(1, 3, 10, 200),
    rowPixels: fc.constantFrom(1, 20, 1_000),
  })
  await fc.assert(
    fc.asyncProperty(pageEvents, periods, fewFilters, grid, async (events, period, filters, of) => {
      const companyId = await world.newCompany(zones)
      await storePageEvents(world, companyId, events)
      if (companyId % 3 === 0) await sealSome(world, companyId)
      const question = { ...periodRequest(period), filters }
      const ask = (limit: number) =>
        heatMap(world.reading, create(HeatMapRequestSchema, { question, ...of, limit }), { companyId })
      const { devices } = await ask(0)
      const expected = naiveHeat(events, { period, filters, zones, ...of })
      const totals = expected.devices.toSorted((a, b) => b.clicks - a.clicks || (a.device < b.device ? -1 : 1))
      expect(devices!.map(({ cells: _, ...total }) => total)).toEqual(
        totals.map(({ widths, heights, ...total }) =>
          close({
            ...total,
            medianViewportWidth: widths.length === 0 ? 0 : medianOf(widths),
            medianViewportHeight: heights.length === 0 ? 0 : medianOf(heights),
          }),
        ),
      )
      const cells = devices!.flatMap(({ device, cells: of }) =>
        of!.map((cell) => [`${device} ${cell.column} ${cell.row}`, cell.clicks, cell.sessions] as const),
      )
      expect(new Set(cells.map((cell) => JSON.stringify(cell)))).toEqual(
        new Set(expected.cells.map((cell) => JSON.stringify(cell))),
      )
      for (const { cells: found } of devices!) {
        for (const cell of found!) {
          expect(cell.x).toBeCloseTo((cell.column! + 0.5) / of.columns, 9)
          expect(cell.y).toBe((cell.row! + 0.5) * of.rowPixels)
        }
      }
      const most = (await ask(1)).devices!.flatMap(({ cells: found }) => found!.map(({ clicks }) => clicks))
      expect(most).toEqual(
        cells
          .map(([, clicks]) => clicks!)
          .toSorted((a, b) => b - a)
          .slice(0, 1),
      )
    }),
    { numRuns: 150, endOnFailure: true },
  )
}, 300_000)
