import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  FunnelRequestSchema,
  FunnelTrendRequestSchema,
  ListFunnelMembersRequestSchema,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, Interval } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { sortedBy } from '../naive.case.ts'
import { intervalOf } from '../naive-answers.case.ts'
import { naiveFilter } from '../naive-filters.case.ts'
import { type TimestampFields, toMicros } from '../time.ts'
import { openWorld, periodRequest, type World } from '../world.case.ts'
import { funnel } from './funnel.ts'
import { listFunnelMembers } from './funnel-members.ts'
import { funnelTrend } from './funnel-trend.ts'
import {
  funnelEvents,
  funnelPeriods,
  type NaiveAsked,
  type NaivePath,
  naiveFunnel,
  naivePaths,
} from './naive-funnels.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const
const intervals = { hour: Interval.HOUR, day: Interval.DAY, week: Interval.WEEK, month: Interval.MONTH } as const
const unit = fc.constantFrom(...(['hour', 'day', 'week', 'month'] as const))
const micros = (time: unknown): number =>
  toMicros({ $typeName: 'google.protobuf.Timestamp', ...(time as TimestampFields) })

const requestOf = ({ period, filters, funnel: asked, zone }: NaiveAsked) => ({
  question: { ...periodRequest(period), filters, timeZone: zone },
  funnel: asked,
})

/** The lower of two neighbours has `part` of the distance to give: what percentile_cont says. */
function quantile(numbers: readonly number[], part: number): number {
  if (numbers.length === 0) return 0
  const sorted = numbers.toSorted((a, b) => a - b)
  const place = part * (sorted.length - 1)
  const [lower, upper] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return lower + (upper - lower) * (place - Math.floor(place))
}

function stepsOf(paths: readonly NaivePath[], count: number) {
  const persons = (step: number) => paths.filter(({ times }) => times.length > step).length
  return Array.from({ length: count }, (_, step) => {
    const there = paths.filter(({ times }) => times.length > step)
    const since = (before: number) => there.map(({ times }) => (times[step]! - times[before]!) / 1e6)
    const previous = Math.max(0, step - 1)
    return {
      step: step + 1,
      name: `step ${step + 1}`,
      persons: persons(step),
      shareOfFirst: persons(0) === 0 ? 0 : expect.closeTo(persons(step) / persons(0), 9),
      shareOfPrevious: persons(previous) === 0 ? 0 : expect.closeTo(persons(step) / persons(previous), 9),
      medianSeconds: expect.closeTo(quantile(since(previous), 0.5), 5),
      p90Seconds: expect.closeTo(quantile(since(previous), 0.9), 5),
      medianSecondsFromFirst: expect.closeTo(quantile(since(0), 0.5), 5),
    }
  })
}

const metrics = new Set<string>()

async function checkSteps(companyId: number, all: NaiveAsked, paths: readonly NaivePath[]): Promise<number[]> {
  const answered = await funnel(world.reading, create(FunnelRequestSchema, requestOf(all)), { companyId })
  const count = all.funnel.steps.length
  expect(answered.steps).toEqual(stepsOf(paths, count))
  const groups = Object.entries(Object.groupBy(paths, ({ group }) => group))
  const inOrder = groups.toSorted(([a, x], [b, y]) => y!.length - x!.length || (a < b ? -1 : 1))
  const grouped = all.funnel.groupBy !== Dimension.UNSPECIFIED
  expect(answered.groups).toEqual(
    grouped ? inOrder.map(([value, group]) => ({ value, steps: stepsOf(group!, count) })) : [],
  )
  metrics.add(answered.meta!.metric!)
  expect(answered.values).toBe(grouped ? groups.length : 0)
  return answered.steps!.map(({ persons }) => persons!)
}

async function checkTrend(
  companyId: number,
  all: NaiveAsked,
  by: { paths: readonly NaivePath[]; unit: keyof typeof intervals },
) {
  const request = create(FunnelTrendRequestSchema, { ...requestOf(all), interval: intervals[by.unit] })
  const { rows } = await funnelTrend(world.reading, request, { companyId })
  const nameOf = (at: number): string => intervalOf(at, all.zone, by.unit)
  const groups = Map.groupBy(by.paths, ({ entry }) => nameOf(entry.at))
  for (const row of rows!) {
    const there = groups.get(nameOf(micros(row.from))) ?? []
    expect(row.reached).toEqual(
      all.funnel.steps.map((_, step) => there.filter(({ times }) => times.length > step).length),
    )
    expect([row.entered, row.converted]).toEqual([row.reached![0], row.reached!.at(-1)])
  }
  return all.funnel.steps.map((_, step) => rows!.reduce((sum, row) => sum + row.reached![step]!, 0))
}

async function checkMembers(companyId: number, all: NaiveAsked, paths: readonly NaivePath[]): Promise<number[]> {
  const sizes: number[] = []
  for (const [index] of all.funnel.steps.entries()) {
    // Behind a step that nobody reached there is nobody either: one empty list a case is asked for.
    if (sizes.at(-1) === 0) {
      sizes.push(0)
      continue
    }
    for (const dropped of index === 1 ? [false, true] : [false]) {
      const request = create(ListFunnelMembersRequestSchema, { ...requestOf(all), step: index + 1, dropped })
      const { members, persons } = await listFunnelMembers(world.reading, request, { companyId })
      const there = paths.filter(({ times }) => (dropped ? times.length === index + 1 : times.length > index))
      const inOrder = sortedBy(there, ({ entry }) => `${String(entry.at).padStart(17, '0')}|${entry.id}`).toReversed()
      expect(
        members!.map(({ stepTimes, entryEventId, group, reached }) => [
          entryEventId,
          stepTimes!.map(micros),
          group,
          reached,
        ]),
      ).toEqual(inOrder.map(({ entry, times, group }) => [entry.id, times, group, times.length]))
      expect(persons).toBe(there.length)
      if (!dropped) sizes.push(members!.length)
    }
  }
  return sizes
}

test('steps = sums of the trend = sizes of the lists of members = a naive evaluation, in 1,000 random cases', async () => {
  const funnels = fc.array(naiveFunnel, { minLength: 4, maxLength: 4 })
  const filters = fc.array(naiveFilter, { maxLength: 1 })
  let [cases, entered, converted] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(
      funnelEvents,
      funnelPeriods,
      funnels,
      filters,
      unit,
      async (events, periods, some, entryFilters, by) => {
        const companyId = await world.newCompany(zones)
        await world.storeAll(companyId, events)
        for (const [index, period] of periods.entries()) {
          const asked = {
            period,
            filters: index % 2 === 0 ? [] : entryFilters,
            funnel: some[index]!,
            zone: zones[index % 3]!,
          }
          const paths = naivePaths(events, asked)
          const steps = await checkSteps(companyId, asked, paths)
          expect(await checkTrend(companyId, asked, { paths, unit: by })).toEqual(steps)
          expect(await checkMembers(companyId, asked, paths)).toEqual(steps)
          cases += 1
          entered += steps[0]!
          converted += steps.at(-1)!
        }
      },
    ),
    { numRuns: 250, endOnFailure: true },
  )
  expect(cases).toBe(1_000)
  expect([...metrics].toSorted()).toEqual(['funnel', 'funnel_from_events'])
  // The cases mean something: hundreds enter, and some of them get to the end.
  expect(converted).toBeGreaterThan(50)
  expect(entered).toBeGreaterThan(4 * converted)
}, 900_000)
