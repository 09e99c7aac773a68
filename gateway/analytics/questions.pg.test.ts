import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  BreakdownRequestSchema,
  OverviewRequestSchema,
  TimeSeriesRequestSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { ComparedWith, Dimension, FilterOperator, type FilterSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import { breakdown } from './breakdown.ts'
import { overview } from './overview.ts'
import { fromMicros } from './time.ts'
import { timeSeries } from './time-series.ts'
import { openWorld, type World } from './world.case.ts'

let world: World
let companyId: number
beforeAll(async () => {
  world = await openWorld()
  companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
})
afterAll(() => world[Symbol.asyncDispose]())

const period = { from: fromMicros(Date.UTC(2026, 10, 10) * 1e3), to: fromMicros(Date.UTC(2026, 10, 11) * 1e3) }
const filter = { dimension: Dimension.COUNTRY, operator: FilterOperator.IS, values: ['DE'] }
interface More {
  readonly filters?: MessageInitShape<typeof FilterSchema>[]
  readonly timeZone?: string
  readonly explain?: boolean
  readonly compare?: { readonly with: ComparedWith }
}
const ask = (more: More, caller: object = {}) =>
  overview(world.reading, create(OverviewRequestSchema, { ...period, ...more }), { companyId, ...caller })

const refused: [string, More, RegExp][] = [
  ['21 filters', { filters: Array.from({ length: 21 }, () => filter) }, /^filters: there may be at most 20/],
  ['no value', { filters: [{ ...filter, values: [] }] }, /^filters\[0\]\.values: must be 1 to 100/],
  ['101 values', { filters: [{ ...filter, values: Array(101).fill('x') }] }, /^filters\[0\]\.values: must be 1 to 100/],
  ['a long value', { filters: [{ ...filter, values: ['x'.repeat(2_001)] }] }, /at most 2,000 characters/],
  ['no operator', { filters: [{ ...filter, operator: 0 }] }, /^filters\[0\]\.operator/],
  ['an operator of tomorrow', { filters: [{ ...filter, operator: 99 as FilterOperator }] }, /^filters\[0\]\.operator/],
  ['no dimension', { filters: [filter, { ...filter, dimension: 0 }] }, /^filters\[1\]\.dimension/],
  ['a property without key', { filters: [{ ...filter, dimension: Dimension.PROPERTY }] }, /^filters\[0\]\.property/],
  ['a key of no property', { filters: [{ ...filter, property: 'plan' }] }, /^filters\[0\]\.property/],
  [
    'what everything contains',
    { filters: [{ ...filter, operator: FilterOperator.CONTAINS, values: [''] }] },
    /must not be empty/,
  ],
  ['a zone that is not', { timeZone: 'Europe/Atlantis' }, /^time_zone/],
  ["a zone of Postgres' own making", { timeZone: 'X+3' }, /^time_zone/],
  ['an offset', { timeZone: '+01:00' }, /^time_zone/],
  ['a comparison of tomorrow', { compare: { with: 9 as ComparedWith } }, /^compare\.with/],
  ['a comparison with nothing', { compare: { with: ComparedWith.PERIOD } }, /^from: is required/],
]

test.each(refused)('%s is refused by name', async (_, more, message) => {
  await expect(ask(more)).rejects.toMatchObject({ code: 'PARAMETER_INVALID', message: expect.stringMatching(message) })
})

test('a question needs its message, few enough intervals and a dimension', async () => {
  const years = { from: fromMicros(Date.UTC(2000) * 1e3), to: period.to }
  const caller = { companyId }
  const series = (request: object) => timeSeries(world.reading, create(TimeSeriesRequestSchema, request), caller)
  await expect(series({})).rejects.toMatchObject({ message: expect.stringMatching(/^question: is required/) })
  await expect(series({ question: years, interval: 1 })).rejects.toMatchObject({
    message: expect.stringMatching(/^interval: makes more than 10,000/),
  })
  const none = create(BreakdownRequestSchema, { question: period })
  await expect(breakdown(world.reading, none, caller)).rejects.toMatchObject({
    message: expect.stringMatching(/^dimension: must be one of the dimensions/),
  })
})

test('the plan is for a key that may see it, and comes with the numbers', async () => {
  await expect(ask({ explain: true })).rejects.toMatchObject({ code: 'KEY_NOT_ALLOWED' })
  const { meta } = await ask({ explain: true, filters: [filter] }, { mayExplain: true })
  expect(meta!.plan).toMatch(/Buffers: .*Execution Time/s)
  expect((await ask({}, { mayExplain: true })).meta!.plan).toBeUndefined()
})

test('filters hold text that Postgres cannot, and it matches nothing', async () => {
  expect(await ask({ filters: [{ ...filter, values: ['a\0b', '\ud800'] }] })).toMatchObject({ events: 0 })
})
