import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ActivityRequestSchema,
  BreakdownRequestSchema,
  ChurnRequestSchema,
  Dimension,
  FilterOperator,
  ListSessionEventsRequestSchema,
  ListSessionsRequestSchema,
  LiveRequestSchema,
  OverviewRequestSchema,
  RetentionRequestSchema,
  TimeSeriesRequestSchema,
  UserStatisticsRequestSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { activity } from './activity.ts'
import { breakdown } from './breakdown.ts'
import { churn } from './churn.ts'
import { live } from './live.ts'
import { naiveEvent } from './naive.case.ts'
import { everyDimension } from './naive-filters.case.ts'
import { overview } from './overview.ts'
import { retention } from './retention.ts'
import { listSessionEvents, listSessions } from './sessions.ts'
import { fromMicros } from './time.ts'
import { timeSeries } from './time-series.ts'
import { userStatistics } from './user-statistics.ts'
import { openWorld, type World } from './world.case.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'UTC', 'UTC'] as const
const period = { from: fromMicros(Date.UTC(2026, 2, 1) * 1e3), to: fromMicros(Date.UTC(2026, 3, 5) * 1e3) }
const someHundred = fc.sample(fc.array(naiveEvent, { minLength: 100, maxLength: 100, size: 'max' }), 2)

const keyOf = (dimension: Dimension): string => (dimension === Dimension.PROPERTY ? 'plan' : '')

/** Everything that can be asked about the period, with each dimension as a filter and as what is counted by. */
async function askEverything(companyId: number): Promise<unknown[]> {
  const { reading } = world
  const caller = { companyId }
  const filters = everyDimension.map((dimension) => [
    { dimension, operator: FilterOperator.IS_NOT, values: ['nothing'], property: keyOf(dimension) },
  ])
  const answers: unknown[] = [
    await retention(reading, create(RetentionRequestSchema, { question: period }), caller),
    await churn(reading, create(ChurnRequestSchema, { question: period }), caller),
    await listSessionEvents(reading, create(ListSessionEventsRequestSchema, { sessionId: 's1' }), caller),
  ]
  for (const [index, some] of [[], ...filters].entries()) {
    const question = { ...period, filters: some }
    const dimension = everyDimension[index % everyDimension.length]!
    const property = keyOf(dimension)
    answers.push(
      await overview(reading, create(OverviewRequestSchema, question), caller),
      await timeSeries(reading, create(TimeSeriesRequestSchema, { question }), caller),
      await breakdown(reading, create(BreakdownRequestSchema, { question, dimension, property }), caller),
      await activity(reading, create(ActivityRequestSchema, { question }), caller),
      await listSessions(reading, create(ListSessionsRequestSchema, { question }), caller),
      await userStatistics(reading, create(UserStatisticsRequestSchema, { question }), caller),
      await live(reading, create(LiveRequestSchema, { at: period.to, filters: some }), caller),
    )
  }
  return answers
}

test("no answer changes by what another company's visitors do, even with equal ids of sites, sessions and visitors", async () => {
  const [own, others] = someHundred
  const companyId = await world.newCompany(zones)
  await world.storeAll(companyId, own!)
  const before = await askEverything(companyId)
  const other = await world.newCompany(zones)
  await world.storeAll(other, others!)
  await world.storeAll(other, own!)
  expect(await askEverything(companyId)).toEqual(before)
}, 60_000)
