import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ActivityRequestSchema,
  BreakdownRequestSchema,
  ChurnRequestSchema,
  ListSessionEventsRequestSchema,
  ListSessionsRequestSchema,
  LiveRequestSchema,
  OverviewRequestSchema,
  RetentionRequestSchema,
  TimeSeriesRequestSchema,
  UserStatisticsRequestSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { FunnelRequestSchema, ListFunnelMembersRequestSchema } from '../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'
import { activity } from './activity.ts'
import { breakdown } from './breakdown.ts'
import { churn } from './churn.ts'
import { funnel } from './funnels/funnel.ts'
import { listFunnelMembers } from './funnels/funnel-members.ts'
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
const period = { from: fromMicros(Date.UTC(2026, 2, 28, 6) * 1e3), to: fromMicros(Date.UTC(2026, 3, 5) * 1e3) }
const [others, sampled] = fc.sample(fc.array(naiveEvent, { minLength: 100, maxLength: 100, size: 'max' }), {
  numRuns: 2,
  seed: 8,
})
/** Late visits that lack what the other company's earlier ones of the same ids have. */
const own = sampled!.slice(0, 14).map((event, index) => ({
  ...event,
  at: Date.UTC(2026, 2, 29, 12 + 2 * index) * 1e3,
  session: `s${1 + (index % 4)}`,
  visitor: `v${1 + (index % 3)}`,
  bot: false,
  type: 'page_view',
  name: null,
  plan: null,
}))

/** A value that some of the own events lack and the other company's have; the empty one for dimensions not listed. */
const lacking: Partial<Record<Dimension, string>> = {
  [Dimension.PAGE]: '/',
  [Dimension.ENTRY_PAGE]: '/',
  [Dimension.EXIT_PAGE]: '/a',
  [Dimension.PAGE_TITLE]: 'Home 100%',
  [Dimension.COUNTRY]: 'DE',
  [Dimension.BROWSER]: 'Firefox',
  [Dimension.LANGUAGE]: 'en',
  [Dimension.EVENT_TYPE]: 'web_vital',
  [Dimension.EVENT_NAME]: 'signup',
  [Dimension.USER]: 'yes',
  [Dimension.PROPERTY]: 'pro',
}
const keyOf = (dimension: Dimension): string => (dimension === Dimension.PROPERTY ? 'plan' : '')

/** Everything that can be asked about the period, with each dimension as a filter and as what is counted by. */
async function askEverything(companyId: number): Promise<unknown[]> {
  const { reading } = world
  const caller = { companyId }
  const filters = everyDimension.map((dimension) => [
    { dimension, operator: FilterOperator.IS, values: [lacking[dimension] ?? ''], property: keyOf(dimension) },
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
    const way = { steps: [{ anyEvent: true }, { filters: some, anyEvent: some.length === 0 }] }
    answers.push(
      await funnel(reading, create(FunnelRequestSchema, { question, funnel: way }), caller),
      await listFunnelMembers(reading, create(ListFunnelMembersRequestSchema, { question, funnel: way }), caller),
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
  const companyId = await world.newCompany(zones)
  await world.storeAll(companyId, own)
  const before = await askEverything(companyId)
  const other = await world.newCompany(zones)
  await world.storeAll(other, others!)
  await world.storeAll(other, own)
  expect(await askEverything(companyId)).toEqual(before)
}, 300_000)
