import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OverviewRequestSchema, TimeSeriesRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { ComparedWith, Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { answer } from './answer.ts'
import { type NaivePeriod, naiveEvent, naivePeriod, toAutumn } from './naive.case.ts'
import { intervalOf, naiveSeries } from './naive-answers.case.ts'
import { type NaiveFilter, naiveFilter } from './naive-filters.case.ts'
import { overview } from './overview.ts'
import { fromMicros, type TimestampFields, toSqlTime } from './time.ts'
import { timeSeries } from './time-series.ts'
import { openWorld, periodRequest, someEvents, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zone = fc.constantFrom('UTC', 'Europe/Lisbon', 'Atlantic/Azores', 'Asia/Kathmandu', 'America/Los_Angeles')
const units = ['hour', 'day', 'week', 'month'] as const
const interval = { hour: Interval.HOUR, day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH }
const micros = (time: unknown): number => {
  const { seconds, nanos } = time as TimestampFields
  return Number(seconds) * 1e6 + nanos / 1e3
}
const someFilters: fc.Arbitrary<NaiveFilter[]> = fc.oneof(
  fc.constant<NaiveFilter[]>([]),
  fc.array(naiveFilter, { maxLength: 2 }),
)
const asked = fc.record({
  zones: fc.oneof(
    fc.tuple(zone, zone, zone),
    zone.map((one): [string, string, string] => [one, one, one]),
  ),
  ofSites: fc.boolean(),
  other: zone,
  unit: fc.constantFrom(...units),
  filters: someFilters,
  autumn: fc.boolean(),
})

test('time series: intervals follow each other by the calendar of the zone, and each equals a count one by one', async () => {
  const metrics = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      someEvents,
      naivePeriod,
      asked,
      async (spring, periodOfSpring, { zones, unit, filters, ...more }) => {
        const delta = more.autumn ? toAutumn : 0
        const events = spring.map((event) => ({ ...event, at: event.at + delta }))
        const period: NaivePeriod = {
          ...periodOfSpring,
          from: periodOfSpring.from + delta,
          to: periodOfSpring.to + delta,
        }
        const companyId = await world.newCompany(zones)
        await world.storeAll(companyId, events)
        const timeZone = more.ofSites ? zones[0] : more.other
        const question = { ...periodRequest(period), filters, timeZone }
        const request = create(TimeSeriesRequestSchema, { question, interval: interval[unit] })
        const { rows, meta } = await timeSeries(world.reading, request, { companyId })
        metrics.add(meta!.metric!)
        const shown = rows!.map((row) => ({ ...row, from: micros(row.from), to: micros(row.to) }))
        expect([shown[0]!.from, shown.at(-1)!.to]).toEqual([period.from, period.to])
        const names = shown.map(({ from }) => intervalOf(from, timeZone, unit))
        expect(new Set(names).size).toBe(names.length)
        const expected = naiveSeries(events, { period, filters, zone: timeZone, unit })
        for (const [index, row] of shown.entries()) {
          const name = names[index]!
          expect(intervalOf(row.to - 1, timeZone, unit)).toBe(name)
          if (index > 0) expect(row.from).toBe(shown[index - 1]!.to)
          for (const key of [
            'visitors',
            'sessions',
            'pageViews',
            'events',
            'bounceRate',
            'medianDurationSeconds',
          ] as const) {
            expect(row[key], `${key} of ${name}`).toBeCloseTo(expected.get(name)?.[key] ?? 0, 6)
          }
          expected.delete(name)
        }
        expect([...expected.keys()]).toEqual([])
      },
    ),
    { numRuns: 50, endOnFailure: true },
  )
  expect(metrics.size).toBe(3)
}, 300_000)

const dayMicros = 86_400e6
/** Times on few moments of 70 days, on and beside the hour, with few visitors. */
const longTime = fc
  .tuple(fc.integer({ min: 0, max: 70 }), fc.constantFrom(0, 0, 1, -1, 1_800e6, 3_600e6, -900e6, 23 * 3_600e6))
  .map(([days, more]) => Date.UTC(2026, 8, 10) * 1e3 + days * dayMicros + more)
const longEvents = fc.array(
  fc.tuple(naiveEvent, longTime).map(([event, at]) => ({ ...event, at })),
  { maxLength: 40, size: 'max' },
)

test('the time series from rollups equals itself computed from raw events', async () => {
  await fc.assert(
    fc.asyncProperty(
      longEvents,
      fc.tuple(longTime, longTime).filter(([a, b]) => a !== b),
      fc.oneof(
        zone.map((one): [string, string] => [one, one]),
        fc.tuple(zone, zone),
      ),
      fc.constantFrom([], [1], [2, 3]),
      fc.constantFrom(['hour'], ['day', 'week'], ['day', 'month']),
      async (events, [a, b], [timeZone, ofThird], site_ids, some) => {
        const companyId = await world.newCompany([timeZone, timeZone, ofThird])
        await world.storeAll(companyId, events)
        const period = { from_time: toSqlTime(Math.min(a, b)), to_time: toSqlTime(Math.max(a, b)) }
        for (const unit of some) {
          const parameters = { ...period, site_ids, include_bots: false, time_zone: timeZone, unit }
          const rowsOf = async (metric: string) =>
            (await answer(world.reading, { metric, caller: { companyId }, parameters })).rows
          expect(await rowsOf('time_series')).toEqual(await rowsOf('time_series_from_events'))
        }
      },
    ),
    { numRuns: 50, endOnFailure: true },
  )
}, 300_000)

const day = (text: string) => fromMicros(Date.parse(text) * 1e3)

test.each([
  [
    '30 days over a change of clocks',
    ComparedWith.PREVIOUS_PERIOD,
    '2026-03-27T23:00Z',
    '2026-04-03T22:00Z',
    '2026-03-20T23:00Z',
    '2026-03-27T23:00Z',
  ],
  [
    'hours',
    ComparedWith.PREVIOUS_PERIOD,
    '2026-03-29T00:30Z',
    '2026-03-29T02:30Z',
    '2026-03-28T22:30Z',
    '2026-03-29T00:30Z',
  ],
  [
    'a year before, in other days of the clocks',
    ComparedWith.PREVIOUS_YEAR,
    '2026-03-28T23:00Z',
    '2026-03-29T22:00Z',
    '2025-03-28T23:00Z',
    '2025-03-29T23:00Z',
  ],
  [
    '29 February',
    ComparedWith.PREVIOUS_YEAR,
    '2028-02-28T23:00Z',
    '2028-02-29T23:00Z',
    '2027-02-27T23:00Z',
    '2027-02-28T23:00Z',
  ],
  [
    'from the 28th to the 29th',
    ComparedWith.PREVIOUS_YEAR,
    '2028-02-28T17:00Z',
    '2028-02-29T05:00Z',
    '2027-02-28T17:00Z',
    '2027-03-01T05:00Z',
  ],
])('the period compared with is that of the calendar: %s', async (_, compared, from, to, expectedFrom, expectedTo) => {
  const companyId = await world.newCompany(['Europe/Berlin', 'UTC', 'UTC'])
  const question = { from: day(from), to: day(to), compare: { with: compared }, siteIds: [1] }
  const answered = await overview(world.reading, create(OverviewRequestSchema, question), { companyId })
  expect(answered.compared).toMatchObject({ from: day(expectedFrom), to: day(expectedTo), visitors: 0 })
  const series = create(TimeSeriesRequestSchema, { question })
  const { compared: rows, timeZone } = await timeSeries(world.reading, series, { companyId })
  expect(timeZone).toBe('Europe/Berlin')
  expect([rows![0]!.from, rows!.at(-1)!.to]).toEqual([day(expectedFrom), day(expectedTo)])
})

test('an interval is incomplete until every event of it is in the answer', async () => {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const at = Date.parse('2026-11-11T12:00Z') * 1e3
  const progress = { ...world.reading.progress, completeTo: async () => at }
  const question = { from: day('2026-11-10T00:00Z'), to: day('2026-11-13T00:00Z') }
  const { rows } = await timeSeries({ ...world.reading, progress }, create(TimeSeriesRequestSchema, { question }), {
    companyId,
  })
  expect(rows!.map((row) => row.incomplete)).toEqual([false, true, true])
})
