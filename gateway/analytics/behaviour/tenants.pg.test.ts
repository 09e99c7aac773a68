import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ContentRequestSchema,
  EventPropertiesRequestSchema,
  PageSeriesRequestSchema,
} from '../../../proto/gen/userflow/v1/content_pb.ts'
import {
  JourneyStepKind,
  JourneysRequestSchema,
  StepsAroundRequestSchema,
  TopPathsRequestSchema,
} from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import { ClickedElementsRequestSchema, HeatMapRequestSchema } from '../../../proto/gen/userflow/v1/pointer_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import {
  PageSpeedBreakdownRequestSchema,
  PageSpeedRequestSchema,
  PageSpeedSeriesRequestSchema,
  SpeedMeasure,
} from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { everyDimension } from '../naive-filters.case.ts'
import { fromMicros } from '../time.ts'
import { openWorld, type World } from '../world.case.ts'
import { content, pageSeries } from './content.ts'
import { eventProperties } from './event-properties.ts'
import { pageEvent, storePageEvents } from './events.case.ts'
import { journeys, stepsAround, topPaths } from './journeys.ts'
import { pageSpeed, pageSpeedBreakdown, pageSpeedSeries } from './page-speed.ts'
import { clickedElements, heatMap } from './pointer.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'UTC', 'UTC'] as const
const period = { from: fromMicros(Date.UTC(2026, 2, 27) * 1e3), to: fromMicros(Date.UTC(2026, 3, 5) * 1e3) }
const [others, sampled] = fc.sample(fc.array(pageEvent, { minLength: 80, maxLength: 80, size: 'max' }), {
  numRuns: 2,
  seed: 11,
})
/** They lack what filters below ask for: only the other company's events of the same sessions have it. */
const own = sampled!.slice(0, 40).map((event) => ({ ...event, bot: false, country: null, user: null }))

/** Everything that can be asked about the period: plainly, of a segment, and with each dimension as a filter. */
async function askEverything(companyId: number): Promise<unknown[]> {
  const { reading } = world
  const caller = { companyId }
  const step = { kind: JourneyStepKind.PAGE, value: '/' }
  const filters = everyDimension.map((dimension) => [
    {
      dimension,
      operator: FilterOperator.IS,
      values: ['', 'DE', '/', '/a', 'no', 'click', 'LCP'],
      property: dimension === Dimension.PROPERTY ? 'plan' : '',
    },
  ])
  const segment = { rules: [{ atLeast: 2 }, { filters: filters[0]!, atMost: 2 }] }
  const answers: unknown[] = []
  for (const more of [{}, { segment }, ...filters.map((some) => ({ filters: some }))]) {
    const question = { ...period, ...more }
    const measure = SpeedMeasure.LCP
    answers.push(
      await journeys(reading, create(JourneysRequestSchema, { question, withEvents: true }), caller),
      await topPaths(reading, create(TopPathsRequestSchema, { question }), caller),
      await stepsAround(reading, create(StepsAroundRequestSchema, { question, step }), caller),
      await content(reading, create(ContentRequestSchema, { question }), caller),
      await pageSeries(reading, create(PageSeriesRequestSchema, { question, page: '/' }), caller),
      await eventProperties(reading, create(EventPropertiesRequestSchema, { question }), caller),
      await heatMap(reading, create(HeatMapRequestSchema, { question, page: '/' }), caller),
      await clickedElements(reading, create(ClickedElementsRequestSchema, { question }), caller),
      await pageSpeed(reading, create(PageSpeedRequestSchema, { question }), caller),
      await pageSpeedBreakdown(reading, create(PageSpeedBreakdownRequestSchema, { question, measure }), caller),
      await pageSpeedSeries(reading, create(PageSpeedSeriesRequestSchema, { question, measure }), caller),
    )
  }
  return answers
}

test("no answer changes by another company's events, even with equal ids of sites, sessions and visitors", async () => {
  const companyId = await world.newCompany(zones)
  await storePageEvents(world, companyId, own)
  const before = await askEverything(companyId)
  const other = await world.newCompany(zones)
  await storePageEvents(world, other, [...others!, ...own])
  expect(await askEverything(companyId)).toEqual(before)
}, 300_000)
