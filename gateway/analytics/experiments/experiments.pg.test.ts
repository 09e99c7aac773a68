import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ExperimentRequestSchema,
  ExperimentWarning,
  ListExperimentsRequestSchema,
} from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { FunnelPerson } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { storeEvents } from '../../../test/support/store-events.ts'
import { funnelEvents, funnelPeriods, personOf } from '../funnels/naive-funnels.case.ts'
import { asked, type NaiveEvent, type NaivePeriod, sortedEvents, toRow } from '../naive.case.ts'
import { filtered, type NaiveFilter, naiveFilter } from '../naive-filters.case.ts'
import { fromMicros } from '../time.ts'
import { openWorld, periodRequest, type World } from '../world.case.ts'
import { experiment } from './experiment.ts'
import { listExperiments } from './list-experiments.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const zones = ['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'] as const

/** An event with the variants that its visitor saw, and a price. */
type Tried = NaiveEvent & { readonly tried: Readonly<Record<string, string>> | null; readonly price: unknown }

const tried = fc.constantFrom<Tried['tried'][]>(
  null,
  null,
  { a: 'x' },
  { a: 'x' },
  { a: 'y' },
  { b: 'x' },
  { a: 'x', b: 'y' },
)
const price = fc.constantFrom<unknown[]>(undefined, 1, 2.5, -3, 0, 1e15, 1e16, 1e-300, '7', null, true)
const triedEvents: fc.Arbitrary<Tried[]> = funnelEvents.chain((events) =>
  fc
    .array(fc.tuple(tried, price), { minLength: events.length, maxLength: events.length, size: 'max' })
    .map((more) => events.map((event, index) => ({ ...event, tried: more[index]![0], price: more[index]![1] }))),
)

async function storeTried(companyId: number, events: readonly Tried[]): Promise<void> {
  const rows = events.map((event) => {
    const { metadata, ...row } = toRow(companyId, event)
    const price = event.price === undefined ? {} : { price: event.price }
    return { ...row, experiments: event.tried, metadata: { ...(metadata as object), ...price } }
  })
  await storeEvents(world.db, { events: [...rows, ...rows.slice(0, 3)] })
}

interface NaiveQuestion {
  readonly period: NaivePeriod
  readonly filters: NaiveFilter[]
  readonly goal: NaiveFilter[]
  readonly windowSeconds: number
  readonly person: FunnelPerson
}

const worth = ({ price }: Tried): number =>
  typeof price === 'number' && Math.abs(price) <= 1e15 && Math.abs(price) >= 1e-15 ? price : 0

/** Each person's variants, whether they converted and what they were worth, one by one. */
function naivePeople(events: readonly Tried[], question: NaiveQuestion) {
  const { period, windowSeconds } = question
  const inOrder = sortedEvents(events) as Tried[]
  const exposing = new Set(filtered(events, question.filters).events)
  const goals = new Set(filtered(events, question.goal).events)
  const known = inOrder.filter((event) => asked(period, event) && event.at >= period.from)
  const people = Map.groupBy(known, (event) => personOf(event, question.person))
  people.delete(undefined)
  return [...people.values()].flatMap((own) => {
    const named = own.filter((event) => event.tried?.a !== undefined && event.at < period.to)
    const first = named.find((event) => exposing.has(event))
    if (!first) return []
    const reached = own.slice(own.indexOf(first)).filter((event) => {
      const inTime = windowSeconds === 0 ? event.at < period.to : event.at - first.at <= windowSeconds * 1e6
      return inTime && goals.has(event)
    })
    const worths = reached.reduce((sum, event) => sum + worth(event), 0)
    const variants = [...new Set(named.map((event) => event.tried!.a!))]
    return [{ variants, converted: reached.length > 0, worth: worths }]
  })
}

const goal: NaiveFilter = {
  dimension: Dimension.EVENT_TYPE,
  property: '',
  operator: FilterOperator.IS,
  values: ['click'],
}

test('persons exposed and converted by variant, those in several apart, and their values equal a count one by one', async () => {
  const questions = fc.record({
    periods: funnelPeriods,
    filters: fc.array(naiveFilter, { maxLength: 1 }),
    goal: fc.oneof(fc.constant<NaiveFilter[]>([goal]), fc.array(naiveFilter, { minLength: 1, maxLength: 2 })),
    windowSeconds: fc.constantFrom(0, 0, 3_600, 86_400, 90 * 86_400),
    person: fc.constantFrom(FunnelPerson.VISITOR, FunnelPerson.USER, FunnelPerson.SESSION),
  })
  let converted = 0
  await fc.assert(
    fc.asyncProperty(triedEvents, questions, async (events, { periods, ...more }) => {
      const companyId = await world.newCompany(zones)
      await storeTried(companyId, events)
      for (const period of periods) {
        const people = naivePeople(events, { period, ...more })
        const request = create(ExperimentRequestSchema, {
          question: { ...periodRequest(period), filters: more.filters },
          ...{
            experiment: 'a',
            goal: more.goal,
            windowSeconds: more.windowSeconds,
            person: more.person,
            valueProperty: 'price',
          },
        })
        const { variants, inSeveral } = await experiment(world.reading, request, { companyId })
        expect(inSeveral).toBe(people.filter((one) => one.variants.length > 1).length)
        const alone = people.filter((one) => one.variants.length === 1)
        const expected = ['x', 'y'].flatMap((variant) => {
          const there = alone.filter((one) => one.variants[0] === variant)
          if (there.length === 0) return []
          const mean = there.reduce((sum, one) => sum + one.worth, 0) / there.length
          const squares = there.reduce((sum, one) => sum + (one.worth - mean) ** 2, 0)
          const deviation = there.length > 1 ? Math.sqrt(squares / (there.length - 1)) : 0
          const reached = there.filter((one) => one.converted).length
          converted += reached
          return [{ variant, exposed: there.length, converted: reached, mean, deviation }]
        })
        expect(variants!.map(({ variant, exposed, converted }) => ({ variant, exposed, converted }))).toEqual(
          expected.map(({ variant, exposed, converted }) => ({ variant, exposed, converted })),
        )
        for (const [index, { mean, deviation }] of expected.entries()) {
          const { value } = variants![index]!
          expect(value!.mean! / (mean || 1)).toBeCloseTo(mean === 0 ? 0 : 1, 9)
          expect(value!.standardDeviation! / (deviation || 1)).toBeCloseTo(deviation === 0 ? 0 : 1, 6)
        }
      }
    }),
    { numRuns: 120, endOnFailure: true },
  )
  expect(converted).toBeGreaterThan(50)
}, 300_000)

const moment = (text: string) => fromMicros(Date.parse(text) * 1e3)
const november = { from: moment('2026-11-10T00:00:00Z'), to: moment('2026-11-11T00:00:00Z') }

/** So many visitors of each variant, the first of them converted; each event twice. */
async function companyWith(variants: Readonly<Record<string, readonly [number, number]>>): Promise<number> {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const events = Object.entries(variants).flatMap(([variant, [exposed, converted]]) =>
    Array.from({ length: exposed }, (_, place) => ({
      company_id: companyId,
      visitor_id: `${variant}${place}`,
      experiments: { checkout: variant },
      event_type: place < converted ? 'click' : 'page_view',
    })),
  )
  await storeEvents(world.db, { events })
  return companyId
}

const ask = (companyId: number, more: object = {}) => {
  const request = create(ExperimentRequestSchema, { question: november, experiment: 'checkout', goal: [goal], ...more })
  return experiment(world.reading, request, { companyId })
}

test('variants are compared with the control by the published formulas, and a fair test gives no warning', async () => {
  const companyId = await companyWith({ control: [80, 48], b: [70, 56] })
  const { variants, warnings, ...answered } = await ask(companyId, { detectableLift: 0.5 })
  expect(variants).toMatchObject([
    { variant: 'control', isControl: true, exposed: 80, converted: 48, rate: 0.6 },
    {
      variant: 'b',
      isControl: false,
      rate: 0.8,
      difference: expect.closeTo(0.2, 9),
      relativeLift: expect.closeTo(1 / 3, 9),
    },
  ])
  // Newcombe's own example, see statistics.test.ts.
  expect(variants![1]!.differenceLow).toBeCloseTo(0.0524, 4)
  expect(variants![1]!.differenceHigh).toBeCloseTo(0.3339, 4)
  expect(variants![1]!.pValue).toBeCloseTo(0.0079, 3)
  expect(variants![0]).not.toHaveProperty('difference')
  expect(answered.sampleRatioPValue).toBeCloseTo(0.414, 3)
  expect(warnings).toEqual([])
  expect((await ask(companyId)).warnings).toEqual([ExperimentWarning.SAMPLE_TOO_SMALL])
})

test('an unfair spread, few conversions and nothing to compare are warned of', async () => {
  const unfair = await companyWith({ a: [300, 100], b: [200, 80] })
  const { variants, warnings } = await ask(unfair)
  expect(variants!.map(({ variant, isControl }) => [variant, isControl])).toEqual([
    ['a', true],
    ['b', false],
  ])
  expect(warnings).toContain(ExperimentWarning.SAMPLE_RATIO)
  const meant = [
    { variant: 'a', weight: 3 },
    { variant: 'b', weight: 2 },
  ]
  expect((await ask(unfair, { expected: meant })).warnings).not.toContain(ExperimentWarning.SAMPLE_RATIO)
  const missing = [
    { variant: 'a', weight: 3 },
    { variant: 'b', weight: 2 },
    { variant: 'c', weight: 1 },
  ]
  expect((await ask(unfair, { expected: missing })).warnings).toContain(ExperimentWarning.SAMPLE_RATIO)
  const few = await companyWith({ a: [20, 0], b: [20, 11] })
  const answered = await ask(few)
  expect(answered.warnings).toEqual([ExperimentWarning.FEW_CONVERSIONS, ExperimentWarning.SAMPLE_TOO_SMALL])
  expect(answered).not.toHaveProperty('neededPerVariant')
  expect(answered.variants![1]).not.toHaveProperty('relativeLift')
  expect((await ask(few, { control: 'b' })).variants![0]).toMatchObject({ variant: 'b', isControl: true })
  const unknown = await ask(few, { control: 'z' })
  expect(unknown.variants).toMatchObject([{ isControl: false }, { isControl: false }])
  expect((await ask(few, { experiment: 'nothing' })).warnings).toContain(ExperimentWarning.NOTHING_TO_COMPARE)
})

test("another company's events of the same experiment change nothing", async () => {
  const companyId = await companyWith({ a: [3, 1], b: [2, 1] })
  const listed = () =>
    listExperiments(world.reading, create(ListExperimentsRequestSchema, { question: november }), { companyId })
  const [before, list] = [await ask(companyId), await listed()]
  await companyWith({ a: [5, 5], c: [5, 0] })
  expect(await ask(companyId)).toEqual(before)
  expect(await listed()).toEqual(list)
})

test('experiments are listed with their variants, the last seen first, in pages', async () => {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const event = (hour: number, visitor: string | null, experiments: object) => {
    return { company_id: companyId, visitor_id: visitor, experiments, event_timestamp: `2026-11-10T0${hour}:00:00Z` }
  }
  const events = [
    event(1, 'v', { one: 'b', two: 'x' }),
    event(2, 'v', { one: 'b' }),
    event(3, 'w', { one: 'a' }),
    event(4, null, { two: 'x' }),
    { ...event(5, 'bot', { three: 'x' }), is_bot: true },
  ]
  await storeEvents(world.db, { events })
  const list = (more: object) =>
    listExperiments(world.reading, create(ListExperimentsRequestSchema, { question: november, ...more }), { companyId })
  const [one, two] = [
    {
      experiment: 'one',
      ...{ firstSeen: moment('2026-11-10T01:00:00Z'), lastSeen: moment('2026-11-10T03:00:00Z') },
      variants: [
        { variant: 'a', visitors: 1, events: 1 },
        { variant: 'b', visitors: 1, events: 2 },
      ],
    },
    { experiment: 'two', variants: [{ variant: 'x', visitors: 1, events: 2 }] },
  ]
  expect(await list({})).toMatchObject({ experiments: [two, one], values: 2 })
  expect(await list({ limit: 1, offset: 1 })).toMatchObject({ experiments: [one], values: 2 })
  expect((await list({ question: { ...november, includeBots: true } })).values).toBe(3)
})

const refused: [string, object, RegExp][] = [
  ['no experiment', { experiment: '' }, /^experiment: is required/],
  ['a long name', { experiment: 'x'.repeat(201) }, /^experiment: may have at most 200/],
  ['no goal', { goal: [] }, /^goal: must say which event/],
  ['21 conditions', { goal: Array(21).fill(goal) }, /^goal: there may be at most 20/],
  ['a wrong condition', { goal: [{}] }, /^goal\[0\]\.operator/],
  ['over 90 days', { windowSeconds: 7_776_001 }, /^window_seconds: may be at most 7,776,000/],
  ['a person of tomorrow', { person: 9 }, /^person: must be/],
  [
    '101 variants',
    { expected: Array.from({ length: 101 }, (_, n) => ({ variant: `${n}`, weight: 1 })) },
    /^expected: may/,
  ],
  ['no weight', { expected: [{ variant: 'a', weight: 0 }] }, /^expected\[0\]\.weight: must be more than 0/],
  ['no number', { expected: [{ variant: 'a', weight: Number.NaN }] }, /^expected\[0\]\.weight/],
  [
    'a variant twice',
    { expected: Array(2).fill({ variant: 'a', weight: 1 }) },
    /^expected: must name each variant once/,
  ],
  ['a lift of more than 10', { detectableLift: 10.1 }, /^detectable_lift: must be more than 0, at most 10/],
  ['a negative lift', { detectableLift: -0.1 }, /^detectable_lift/],
  ['a long key', { valueProperty: 'x'.repeat(201) }, /^value_property: may have at most 200/],
]

test.each(refused)('%s is refused by name', async (_, more, message) => {
  await expect(ask(1, more)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message),
  })
})

test('at the limits a question is answered', async () => {
  const most = { experiment: 'x'.repeat(200), goal: Array(20).fill(goal), windowSeconds: 7_776_000, detectableLift: 10 }
  const expected = Array.from({ length: 100 }, (_, n) => ({ variant: `${n}`, weight: 1e9 }))
  await expect(ask(1, { ...most, expected, valueProperty: 'x'.repeat(200) })).resolves.toMatchObject({ inSeveral: 0 })
})
