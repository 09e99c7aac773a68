import { create } from '@bufbuild/protobuf'
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
import { Dimension } from '../../../proto/gen/userflow/v1/question_pb.ts'
import {
  PageSpeedBreakdownRequestSchema,
  PageSpeedRequestSchema,
  PageSpeedSeriesRequestSchema,
  SpeedMeasure,
} from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { fromMicros } from '../time.ts'
import { openWorld, type World } from '../world.case.ts'
import { content, pageSeries } from './content.ts'
import { eventProperties } from './event-properties.ts'
import { journeys, stepsAround, topPaths } from './journeys.ts'
import { pageSpeed, pageSpeedBreakdown, pageSpeedSeries } from './page-speed.ts'
import { clickedElements, heatMap } from './pointer.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const question = { from: fromMicros(Date.UTC(2026, 10, 10) * 1e3), to: fromMicros(Date.UTC(2026, 10, 11) * 1e3) }
const page = { kind: JourneyStepKind.PAGE, value: '/' }
const signup = { kind: JourneyStepKind.EVENT, value: 'signup' }
const LCP = SpeedMeasure.LCP
const caller = { companyId: 1 }

/** Each question by name, asked with more than its period. */
const ask = {
  journeys: (more: object) => journeys(world.reading, create(JourneysRequestSchema, { question, ...more }), caller),
  topPaths: (more: object) => topPaths(world.reading, create(TopPathsRequestSchema, { question, ...more }), caller),
  stepsAround: (more: object) =>
    stepsAround(world.reading, create(StepsAroundRequestSchema, { question, ...more }), caller),
  content: (more: object) => content(world.reading, create(ContentRequestSchema, { question, ...more }), caller),
  pageSeries: (more: object) =>
    pageSeries(world.reading, create(PageSeriesRequestSchema, { question, ...more }), caller),
  eventProperties: (more: object) =>
    eventProperties(world.reading, create(EventPropertiesRequestSchema, { question, ...more }), caller),
  heatMap: (more: object) => heatMap(world.reading, create(HeatMapRequestSchema, { question, ...more }), caller),
  clickedElements: (more: object) =>
    clickedElements(world.reading, create(ClickedElementsRequestSchema, { question, ...more }), caller),
  pageSpeed: (more: object) => pageSpeed(world.reading, create(PageSpeedRequestSchema, { question, ...more }), caller),
  pageSpeedBreakdown: (more: object) =>
    pageSpeedBreakdown(world.reading, create(PageSpeedBreakdownRequestSchema, { question, ...more }), caller),
  pageSpeedSeries: (more: object) =>
    pageSpeedSeries(world.reading, create(PageSpeedSeriesRequestSchema, { question, ...more }), caller),
}
type Name = keyof typeof ask

const long = `/${'x'.repeat(8_191)}`
const taken: [Name, object][] = [
  ['journeys', {}],
  ['journeys', { steps: 2, stepsPerPlace: 1, start: page }],
  ['journeys', { steps: 10, stepsPerPlace: 20, start: signup, withEvents: true }],
  ['journeys', { start: { kind: JourneyStepKind.PAGE, value: long } }],
  ['topPaths', { steps: 10, leastSteps: 10, limit: 1_000, offset: 100_000 }],
  ['stepsAround', { step: { kind: JourneyStepKind.PAGE, value: '' }, limit: 1_000 }],
  ['content', { limit: 1_000, offset: 100_000, order: 6 }],
  ['pageSeries', { page: long }],
  [
    'eventProperties',
    { eventType: 'custom', eventName: 'x'.repeat(1_000), values: 100, limit: 1_000, offset: 100_000 },
  ],
  ['heatMap', { page: '/', columns: 1, rowPixels: 1, limit: 1 }],
  ['heatMap', { page: '/', columns: 200, rowPixels: 1_000, limit: 10_000 }],
  ['clickedElements', { rageClicks: 2, rageMs: 1, deadMs: 1, order: 3 }],
  ['clickedElements', { rageClicks: 20, rageMs: 60_000, deadMs: 60_000, acrossPages: true }],
  ['pageSpeed', {}],
  ['pageSpeedBreakdown', { measure: LCP, leastSamples: 1_000_000, limit: 1_000, offset: 100_000 }],
  ['pageSpeedBreakdown', { measure: LCP, dimension: Dimension.DEVICE }],
  ['pageSpeedBreakdown', { measure: LCP, dimension: Dimension.PROPERTY, property: 'plan' }],
  ['pageSpeedSeries', { measure: SpeedMeasure.LOAD, interval: 1 }],
]

test.each(taken)('%s takes %o', async (name, more) => {
  const { meta } = await ask[name](more)
  expect(meta!.version).toBeGreaterThan(0)
})

const years = { ...question, from: fromMicros(Date.UTC(2000) * 1e3) }
const refused: [Name, object, RegExp][] = [
  ['journeys', { steps: 1 }, /^steps: must be 2 to 10/],
  ['journeys', { steps: 11 }, /^steps: must be 2 to 10/],
  ['journeys', { stepsPerPlace: 21 }, /^steps_per_place: must be 1 to 20/],
  ['journeys', { start: signup }, /^start\.kind: can be an event with with_events only/],
  ['journeys', { start: { kind: JourneyStepKind.END } }, /^start\.kind: must be a page or an event/],
  ['journeys', { start: { kind: 99, value: '/' } }, /^start\.kind: must be a page or an event/],
  ['journeys', { start: { ...page, value: `${long}x` } }, /^start\.value: may have at most 8,192 characters/],
  ['topPaths', { steps: 11 }, /^steps: must be 2 to 10/],
  ['topPaths', { steps: 3, leastSteps: 4 }, /^least_steps: must be 1 to 3/],
  ['topPaths', { limit: 1_001 }, /^limit: may be at most 1,000/],
  ['topPaths', { offset: 100_001 }, /^offset: may be at most 100,000/],
  ['stepsAround', {}, /^step: is required/],
  ['stepsAround', { step: signup }, /^step\.kind: can be an event with with_events only/],
  ['stepsAround', { step: page, limit: 1_001 }, /^limit: may be at most 1,000/],
  ['content', { order: 7 }, /^order: must be one of the orders/],
  ['content', { limit: 1_001 }, /^limit: may be at most 1,000/],
  ['pageSeries', {}, /^page: must be a path of 1 to 8,192 characters/],
  ['pageSeries', { page: `${long}x` }, /^page: must be a path of 1 to 8,192 characters/],
  ['pageSeries', { page: '/', interval: 5 }, /^interval: must be one of the intervals/],
  ['pageSeries', { page: '/', interval: 1, question: years }, /^interval: makes more than 10,000/],
  ['eventProperties', { values: 101 }, /^values: must be 1 to 100/],
  ['eventProperties', { eventName: 'x'.repeat(1_001) }, /^event_name: may have at most 1000 characters/],
  ['heatMap', {}, /^page: must be a path/],
  ['heatMap', { page: '/', columns: 201 }, /^columns: must be 1 to 200/],
  ['heatMap', { page: '/', rowPixels: 1_001 }, /^row_pixels: must be 1 to 1,000/],
  ['heatMap', { page: '/', limit: 10_001 }, /^limit: must be 1 to 10,000/],
  ['clickedElements', { rageClicks: 1 }, /^rage_clicks: must be 2 to 20/],
  ['clickedElements', { rageClicks: 21 }, /^rage_clicks: must be 2 to 20/],
  ['clickedElements', { rageMs: 60_001 }, /^rage_ms: must be 1 to 60,000/],
  ['clickedElements', { deadMs: 60_001 }, /^dead_ms: must be 1 to 60,000/],
  ['clickedElements', { order: 4 }, /^order: must be one of the orders/],
  ['pageSpeedBreakdown', {}, /^measure: must be one of the measures/],
  ['pageSpeedBreakdown', { measure: 7 }, /^measure: must be one of the measures/],
  ['pageSpeedBreakdown', { measure: LCP, leastSamples: 1_000_001 }, /^least_samples: must be 1 to 1,000,000/],
  ['pageSpeedBreakdown', { measure: LCP, dimension: Dimension.EXIT_PAGE }, /^dimension: must be one that an event has/],
  ['pageSpeedBreakdown', { measure: LCP, dimension: 99 }, /^dimension: must be one of the dimensions/],
  ['pageSpeedBreakdown', { measure: LCP, order: 3 }, /^order: must be one of the orders/],
  ['pageSpeedSeries', { interval: 2 }, /^measure: must be one of the measures/],
  ['pageSpeedSeries', { measure: LCP, interval: 1, question: years }, /^interval: makes more than 10,000/],
]

test.each(refused)('%s refuses %o by name', async (name, more, message) => {
  await expect(ask[name](more)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message),
  })
})

test.each(Object.keys(ask) as Name[])(
  '%s needs its question, and a plan is for a key that may see it',
  async (name) => {
    const needed = { page: '/', step: page, measure: LCP }
    await expect(ask[name]({ ...needed, question: undefined })).rejects.toMatchObject({
      message: expect.stringMatching(/^question: is required/),
    })
    const explained = { ...needed, question: { ...question, explain: true } }
    await expect(ask[name](explained)).rejects.toMatchObject({ code: 'KEY_NOT_ALLOWED' })
  },
)
