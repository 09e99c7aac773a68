import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLSThresholds, FCPThresholds, INPThresholds, LCPThresholds, TTFBThresholds } from 'web-vitals'
import { Dimension, Interval } from '../../../proto/gen/userflow/v1/question_pb.ts'
import {
  PageSpeedBreakdownRequestSchema,
  PageSpeedOrder,
  PageSpeedRequestSchema,
  PageSpeedSeriesRequestSchema,
  SpeedMeasure,
} from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { eventsOf, type NaivePeriod } from '../naive.case.ts'
import { intervalOf } from '../naive-answers.case.ts'
import { filtered, type NaiveFilter, valuesOfEvent } from '../naive-filters.case.ts'
import type { TimestampFields } from '../time.ts'
import { openWorld, periodRequest, type World } from '../world.case.ts'
import { close, type PageEvent, pageEvents, pageFilters, periods, sealSome, storePageEvents } from './events.case.ts'
import { pageSpeed, pageSpeedBreakdown, pageSpeedSeries } from './page-speed.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
/** Where good ends and poor begins; width and number of the buckets. */
const measures: Readonly<Record<string, { good?: number; poor?: number; width: number; buckets: number }>> = {
  LCP: { good: 2_500, poor: 4_000, width: 250, buckets: 33 },
  INP: { good: 200, poor: 500, width: 25, buckets: 41 },
  CLS: { good: 0.1, poor: 0.25, width: 0.01, buckets: 51 },
  FCP: { good: 1_800, poor: 3_000, width: 150, buckets: 41 },
  TTFB: { good: 800, poor: 1_800, width: 100, buckets: 41 },
  LOAD: { width: 250, buckets: 41 },
}
const measure = fc.constantFrom(...Object.keys(measures))
const measureOf = (name: string) => SpeedMeasure[name as keyof typeof SpeedMeasure]

/** The values of a measure in events that a question asks for. */
function samplesOf(events: readonly PageEvent[], of: { period: NaivePeriod; filters: readonly NaiveFilter[] }) {
  const ids = new Set<string>(eventsOf(filtered(events, of.filters).events, of.period).map(({ id }) => id))
  const kept = events.filter(({ id }) => ids.has(id))
  return (name: string) =>
    kept.flatMap((event) => {
      const value =
        name === 'LOAD' ? event.loadMs : event.type === 'web_vital' && event.name === name ? event.value : null
      return value === null ? [] : [{ event, value }]
    })
}

/** Between the two samples around the place, in proportion; as R's type 7. */
function percentile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place))
}

function figures(name: string, values: readonly number[]): object {
  if (values.length === 0) return { samples: 0 }
  const { good, poor } = measures[name]!
  const sorted = values.toSorted((a, b) => a - b)
  const share = (is: (value: number) => boolean) => values.filter(is).length / values.length
  return {
    samples: values.length,
    p50: percentile(sorted, 0.5),
    p75: percentile(sorted, 0.75),
    p95: percentile(sorted, 0.95),
    ...(good !== undefined &&
      poor !== undefined && {
        good: share((value) => value <= good),
        needsImprovement: share((value) => value > good && value <= poor),
        poor: share((value) => value > poor),
      }),
  }
}

test('the speed of pages equals percentiles, shares and buckets of the samples one by one', async () => {
  await fc.assert(
    fc.asyncProperty(pageEvents, periods, pageFilters, async (events, period, filters) => {
      const companyId = await world.newCompany(zones)
      await storePageEvents(world, companyId, events)
      await sealSome(world, companyId)
      const request = create(PageSpeedRequestSchema, { question: { ...periodRequest(period), filters } })
      const { rows } = await pageSpeed(world.reading, request, { companyId })
      const samples = samplesOf(events, { period, filters })
      const expected = Object.entries(measures).map(([name, { good, poor, width, buckets }]) => {
        const values = samples(name).map(({ value }) => value)
        const bucket = (value: number) => Math.min(buckets, Math.max(1, Math.ceil(value / width)))
        return {
          measure: measureOf(name),
          figures: figures(name, values),
          ...(good !== undefined && { goodTo: good, poorAbove: poor }),
          bucketWidth: width,
          histogram: Array.from(
            { length: buckets },
            (_, at) => values.filter((value) => bucket(value) === at + 1).length,
          ),
        }
      })
      expect(rows).toEqual(close(expected))
    }),
    { numRuns: 60, endOnFailure: true },
  )
}, 300_000)

test('the thresholds are those that web-vitals publishes, and lie on the edges of buckets', async () => {
  const companyId = await world.newCompany(zones)
  const question = { from: { seconds: 1n }, to: { seconds: 2n } }
  const { rows } = await pageSpeed(world.reading, create(PageSpeedRequestSchema, { question }), { companyId })
  const published = {
    LCP: LCPThresholds,
    INP: INPThresholds,
    CLS: CLSThresholds,
    FCP: FCPThresholds,
    TTFB: TTFBThresholds,
  }
  for (const [name, thresholds] of Object.entries(published)) {
    const row = rows!.find((one) => one.measure === measureOf(name))!
    expect([row.goodTo, row.poorAbove]).toEqual(thresholds)
    for (const threshold of [row.goodTo!, row.poorAbove!]) {
      const edge = threshold / row.bucketWidth!
      expect(edge).toBeCloseTo(Math.round(edge), 9)
    }
  }
})

test('a measure by a dimension equals the samples of each value, slowest or most first', async () => {
  const dimension = fc.constantFrom(Dimension.PAGE, Dimension.COUNTRY, Dimension.LANGUAGE, Dimension.PROPERTY)
  const by = fc.constantFrom('samples' as const, 'p75' as const)
  const least = fc.integer({ min: 0, max: 3 })
  const way = fc.record({ name: measure, dimension, by, least })
  await fc.assert(
    fc.asyncProperty(pageEvents, periods, pageFilters, way, async (events, period, filters, how) => {
      const companyId = await world.newCompany(zones)
      await storePageEvents(world, companyId, events)
      if (companyId % 3 === 0) await sealSome(world, companyId)
      const { name, dimension: on } = how
      const request = {
        question: { ...periodRequest(period), filters },
        measure: measureOf(name),
        dimension: on,
        property: on === Dimension.PROPERTY ? 'plan' : '',
        order: how.by === 'p75' ? PageSpeedOrder.P75 : PageSpeedOrder.SAMPLES,
        leastSamples: how.least,
      }
      const ask = (page: object) =>
        pageSpeedBreakdown(world.reading, create(PageSpeedBreakdownRequestSchema, { ...request, ...page }), {
          companyId,
        })
      const { rows, total, values } = await ask({})
      const samples = samplesOf(events, { period, filters })(name)
      const groups = [...Map.groupBy(samples, ({ event }) => valuesOfEvent(event, on, [])[0]!)]
      const expected = groups
        .map(([value, group]) => ({
          value,
          figures: figures(
            name,
            group.map((one) => one.value),
          ) as Record<string, number>,
        }))
        .filter((row) => row.figures.samples! >= how.least)
        .toSorted((a, b) => b.figures[how.by]! - a.figures[how.by]! || (a.value < b.value ? -1 : 1))
      expect(rows).toEqual(close(expected))
      expect(total).toEqual(
        close(
          figures(
            name,
            samples.map(({ value }) => value),
          ),
        ),
      )
      expect(values).toBe(expected.length)
      expect((await ask({ limit: 1, offset: 1 })).rows).toEqual(rows!.slice(1, 2))
    }),
    { numRuns: 60, endOnFailure: true },
  )
}, 300_000)

test("a measure's series equals the samples of each interval of the zone", async () => {
  const zone = fc.constantFrom('UTC', 'Europe/Lisbon', 'Asia/Kathmandu')
  await fc.assert(
    fc.asyncProperty(
      pageEvents,
      periods,
      pageFilters,
      zone,
      measure,
      async (events, period, filters, timeZone, name) => {
        const companyId = await world.newCompany(zones)
        await storePageEvents(world, companyId, events)
        if (companyId % 3 === 0) await sealSome(world, companyId)
        const question = { ...periodRequest(period), filters, timeZone }
        const request = create(PageSpeedSeriesRequestSchema, {
          question,
          measure: measureOf(name),
          interval: Interval.DAY,
        })
        const { rows } = await pageSpeedSeries(world.reading, request, { companyId })
        const samples = samplesOf(events, { period, filters })(name)
        const dayOf = (micros: number) => intervalOf(micros, timeZone, 'day')
        for (const row of rows!) {
          const { seconds, nanos } = row.from as TimestampFields
          const day = dayOf(Number(seconds) * 1e6 + nanos / 1e3)
          const values = samples.filter(({ event }) => dayOf(event.at) === day).map(({ value }) => value)
          expect(row.figures).toEqual(close(figures(name, values)))
        }
        const counted = rows!.reduce((sum, row) => sum + row.figures!.samples!, 0)
        expect(counted).toBe(samples.length)
      },
    ),
    { numRuns: 60, endOnFailure: true },
  )
}, 300_000)
