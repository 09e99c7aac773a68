import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type FunnelDefinitionSchema,
  FunnelOrder,
  FunnelPerson,
  FunnelRequestSchema,
  type FunnelStepSchema,
  FunnelTrendRequestSchema,
  ListFunnelMembersRequestSchema,
} from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import {
  ComparedWith,
  Dimension,
  FilterOperator,
  type FilterSchema,
} from '../../../proto/gen/userflow/v1/question_pb.ts'
import { sealDays } from '../../../sql/seal-days.ts'
import { type EventRow, storeEvents } from '../../../test/support/store-events.ts'
import { fromMicros } from '../time.ts'
import { openWorld, type World } from '../world.case.ts'
import { funnel } from './funnel.ts'
import { listFunnelMembers } from './funnel-members.ts'
import { funnelTrend } from './funnel-trend.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

type Step = MessageInitShape<typeof FunnelStepSchema>
type Definition = MessageInitShape<typeof FunnelDefinitionSchema>
const is = (dimension: Dimension, value: string): MessageInitShape<typeof FilterSchema> => {
  return { dimension, operator: FilterOperator.IS, values: [value] }
}
const named = (name: string): Step => ({ filters: [is(Dimension.EVENT_NAME, name)] })
const any: Step = { anyEvent: true }
const moment = (text: string) => fromMicros(Date.parse(text) * 1e3)
const november = { from: moment('2026-11-10T00:00:00Z'), to: moment('2026-11-12T00:00:00Z') }

/** A company with one visitor's custom events: `10:00 signup`, the day being 10 November. */
async function companyWith(events: readonly string[], more: EventRow = {}): Promise<number> {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const rows = events.map((text, index) => {
    const [time, name] = text.split(' ') as [string, string]
    const event_timestamp = time.length > 5 ? time : `2026-11-10T${time}:00Z`
    const type = name === 'web_vital' ? { event_type: 'web_vital' } : { event_type: 'custom', event_name: name }
    const ids = { company_id: companyId, visitor_id: 'v', user_id: 'u', session_id: 's' }
    return { ...ids, ...type, event_timestamp, sequence: index, ...more }
  })
  await storeEvents(world.db, { events: rows })
  return companyId
}

async function reached(companyId: number, definition: Definition, question: object = {}): Promise<number[]> {
  const request = create(FunnelRequestSchema, { question: { ...november, ...question }, funnel: definition })
  return (await funnel(world.reading, request, { companyId })).steps!.map(({ persons }) => persons!)
}

test('strict order: any event in between but a web vital ends the attempt, loose order does not mind', async () => {
  const companyId = await companyWith([
    '10:00 a',
    '10:01 x',
    '10:02 b',
    '11:00 a',
    '11:01 web_vital',
    '11:02 b',
    '11:03 c',
  ])
  const steps = [named('a'), named('b'), named('c')]
  const other = await companyWith(['10:00 a', '10:01 x', '10:02 b', '10:03 c'])
  for (const [order, there] of [[FunnelOrder.STRICT, [1, 1, 1]] as const, [FunnelOrder.LOOSE, [1, 1, 1]] as const]) {
    expect(await reached(companyId, { steps, order })).toEqual(there)
  }
  expect(await reached(other, { steps, order: FunnelOrder.STRICT })).toEqual([1, 0, 0])
  expect(await reached(other, { steps })).toEqual([1, 1, 1])
})

test('strict order: a web vital counts where a step asks for it', async () => {
  const companyId = await companyWith(['10:00 a', '10:01 web_vital', '10:02 b'])
  const vital = { filters: [is(Dimension.EVENT_TYPE, 'web_vital')] }
  const order = FunnelOrder.STRICT
  expect(await reached(companyId, { steps: [named('a'), vital, named('b')], order })).toEqual([1, 1, 1])
  expect(await reached(companyId, { steps: [named('a'), vital, vital], order })).toEqual([1, 1, 0])
})

test('one event is one step, and equal times are ordered by their sequence', async () => {
  const companyId = await companyWith(['10:00 a', '10:00 a', '10:00 b'])
  expect(await reached(companyId, { steps: [named('a'), named('a'), named('a')] })).toEqual([1, 1, 0])
  expect(await reached(companyId, { steps: [named('a'), named('a'), named('b')] })).toEqual([1, 1, 1])
  expect(await reached(companyId, { steps: [named('b'), named('a')] })).toEqual([1, 0])
})

test('a later attempt that gets further counts, at its own entry; of equal ones the earliest', async () => {
  const companyId = await companyWith([
    '10:00 a',
    '11:00 b',
    '12:00 a',
    '12:01 b',
    '12:02 c',
    '13:00 a',
    '13:01 b',
    '13:02 c',
  ])
  const definition = { steps: [named('a'), named('b'), named('c')], windowSeconds: 3_600 }
  const request = create(ListFunnelMembersRequestSchema, { question: november, funnel: definition })
  const { members } = await listFunnelMembers(world.reading, request, { companyId })
  const times = ['12:00', '12:01', '12:02'].map((time) => moment(`2026-11-10T${time}:00Z`))
  expect(members).toMatchObject([{ person: 'v', reached: 3, stepTimes: times }])
})

test('the window ends with its last microsecond, and goes on behind the period', async () => {
  const entry = '2026-11-11T23:59:59.999999Z a'
  const steps = [named('a'), named('b')]
  const companyId = await companyWith([entry, '2026-11-12T00:59:59.999999Z b'])
  expect(await reached(companyId, { steps, windowSeconds: 3_600 })).toEqual([1, 1])
  const late = await companyWith([entry, '2026-11-12T01:00:00.000000Z b'])
  expect(await reached(late, { steps, windowSeconds: 3_600 })).toEqual([1, 0])
  const outside = await companyWith(['2026-11-12T00:00:00Z a', '2026-11-12T00:01:00Z b'])
  expect(await reached(outside, { steps })).toEqual([0, 0])
})

test('signup to any activity, and signup to activity on the next day by the clocks of the zone', async () => {
  const companyId = await companyWith(['23:30 signup', '23:40 x'])
  expect(await reached(companyId, { steps: [named('signup'), any] })).toEqual([1, 1])
  const nextDay = { steps: [named('signup'), { ...any, onDay: 1 }] }
  expect(await reached(companyId, nextDay)).toEqual([1, 0])
  // In Kathmandu the 11th began at 18:15 in UTC.
  const other = await companyWith(['18:00 signup', '18:05 x', '18:20 x'])
  expect(await reached(other, nextDay)).toEqual([1, 0])
  expect(await reached(other, nextDay, { timeZone: 'Asia/Kathmandu' })).toEqual([1, 1])
})

test('filters of the question are about the event of entry alone; each step has its own', async () => {
  const companyId = await companyWith(['10:00 a'], { country: 'DE' })
  await storeEvents(world.db, {
    events: [
      {
        company_id: companyId,
        visitor_id: 'v',
        event_type: 'custom',
        event_name: 'b',
        event_timestamp: '2026-11-10T11:00:00Z',
        country: 'AT',
      },
    ],
  })
  const steps = [named('a'), named('b')]
  expect(await reached(companyId, { steps }, { filters: [is(Dimension.COUNTRY, 'DE')] })).toEqual([1, 1])
  expect(await reached(companyId, { steps }, { filters: [is(Dimension.COUNTRY, 'AT')] })).toEqual([0, 0])
  const german = { filters: [is(Dimension.EVENT_NAME, 'b'), is(Dimension.COUNTRY, 'DE')] }
  expect(await reached(companyId, { steps: [named('a'), german] })).toEqual([1, 0])
})

test('people are users over all sites, sessions, or visitors of one site; bots are left out unless asked for', async () => {
  const companyId = await companyWith(['10:00 a'])
  const b = { company_id: companyId, event_type: 'custom', event_name: 'b', event_timestamp: '2026-11-10T11:00:00Z' }
  await storeEvents(world.db, {
    events: [{ ...b, site_id: 2, visitor_id: 'v', user_id: 'u', session_id: 's2', is_bot: true }],
  })
  const steps = [named('a'), named('b')]
  const bots = { includeBots: true }
  expect(await reached(companyId, { steps, person: FunnelPerson.USER })).toEqual([1, 0])
  expect(await reached(companyId, { steps, person: FunnelPerson.USER }, bots)).toEqual([1, 1])
  expect(await reached(companyId, { steps, person: FunnelPerson.VISITOR }, bots)).toEqual([1, 0])
  expect(await reached(companyId, { steps, person: FunnelPerson.SESSION }, bots)).toEqual([1, 0])
  expect(await reached(companyId, { steps, person: FunnelPerson.USER }, { ...bots, siteIds: [1] })).toEqual([1, 0])
})

test('who enters is counted from sums of sealed days as from events: who comes back once, on a day that is cut too', async () => {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const seen =
    '10:10 v1 a,10:10 v2 a,10:10 v3 a,10:11 v1 b,10:12 v5 x,11:10 v1 a,12:08 v1 a,12:08 v2 a,12:09 v4 a,12:11 v6 a'
  const events = seen.split(',').map((text, sequence) => {
    const [time, visitor_id, event_name] = text.split(' ') as [string, string, string]
    const event_timestamp = `2026-03-${time.replace(':', 'T')}:00:00Z`
    return { company_id: companyId, visitor_id, event_type: 'custom', event_name, event_timestamp, sequence }
  })
  await storeEvents(world.db, { events })
  const march = { from: moment('2026-03-10T00:00:00Z'), to: moment('2026-03-12T10:00:00Z') }
  const ask = () => reached(companyId, { steps: [named('a'), named('b')] }, march)
  expect(await ask()).toEqual([4, 1])
  await sealDays(world.db, { forMs: 10_000, leastEvents: 1 })
  expect(await ask()).toEqual([4, 1])
  const german = { ...march, filters: [is(Dimension.COUNTRY, 'DE')] }
  expect(await reached(companyId, { steps: [named('a'), named('b')] }, german)).toEqual([0, 0])
})

test('members come in pages without gap or repetition, also at equal times; a group limits them and the trend', async () => {
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  const events = Array.from({ length: 7 }, (_, place) => ({
    ...{
      company_id: companyId,
      visitor_id: `v${place}`,
      country: place < 5 ? 'DE' : 'AT',
      event_type: 'custom',
      event_name: 'a',
    },
    event_timestamp: `2026-11-10T10:0${Math.floor(place / 3)}:00Z`,
  }))
  await storeEvents(world.db, { events })
  const definition = { steps: [named('a'), any], groupBy: Dimension.COUNTRY }
  const page = async (more: object) => {
    const request = create(ListFunnelMembersRequestSchema, { question: november, funnel: definition, ...more })
    const { members, next, persons } = await listFunnelMembers(world.reading, request, { companyId })
    return { people: members!.map(({ person }) => person), next, persons }
  }
  const people: string[] = []
  for (let after: string | undefined = ''; after !== undefined; ) {
    const answered: Awaited<ReturnType<typeof page>> = await page({ limit: 2, after })
    people.push(...(answered.people as string[]))
    expect(answered.persons).toBe(7)
    after = answered.next === '' ? undefined : answered.next
  }
  expect(people).toEqual((await page({})).people)
  expect(new Set(people).size).toBe(7)
  expect((await page({ group: 'AT', step: 1, dropped: true })).people.toSorted()).toEqual(['v5', 'v6'])
  const trend = create(FunnelTrendRequestSchema, { question: november, funnel: definition, group: 'AT' })
  const { rows } = await funnelTrend(world.reading, trend, { companyId })
  expect(rows).toMatchObject([{ entered: 2, converted: 0, incomplete: true }, { entered: 0 }])
  const groups = create(FunnelRequestSchema, { question: november, funnel: definition, limit: 1, offset: 1 })
  const { groups: shown, values } = await funnel(world.reading, groups, { companyId })
  expect(shown).toMatchObject([{ value: 'AT', steps: [{ persons: 2 }, { persons: 0 }] }])
  expect(values).toBe(2)
})

test('the period before is answered too, and a trend is incomplete while the window of its persons is open', async () => {
  const companyId = await companyWith(['2026-11-09T10:00:00Z a', '2026-11-10T10:00:00Z a', '2026-11-10T10:00:00Z b'])
  const definition = { steps: [named('a'), named('b')], windowSeconds: 86_400 }
  const question = { ...november, compare: { with: ComparedWith.PREVIOUS_PERIOD } }
  const request = create(FunnelRequestSchema, { question, funnel: definition })
  const { steps, compared, comparedMeta } = await funnel(world.reading, request, { companyId })
  expect([steps, compared]).toMatchObject([
    [{ persons: 1 }, { persons: 1 }],
    [{ persons: 1 }, { persons: 1 }],
  ])
  expect(comparedMeta).toMatchObject({ metric: 'funnel' })
  const completeTo = Date.parse('2026-11-12T12:00:00Z') * 1e3
  const reading = { ...world.reading, progress: { ...world.reading.progress, completeTo: async () => completeTo } }
  const trend = create(FunnelTrendRequestSchema, { question: november, funnel: definition })
  const { rows } = await funnelTrend(reading, trend, { companyId })
  expect(rows!.map(({ incomplete }) => incomplete)).toEqual([false, true])
})

const twelve = Array.from({ length: 12 }, () => any)
const refused: [string, object, RegExp][] = [
  ['no funnel', { funnel: undefined }, /^funnel: is required/],
  ['one step', { funnel: { steps: [any] } }, /^funnel\.steps: must be 2 to 12/],
  ['13 steps', { funnel: { steps: [...twelve, any] } }, /^funnel\.steps: must be 2 to 12/],
  ['an empty step', { funnel: { steps: [any, {}] } }, /^funnel\.steps\[1\]\.filters: must say which event/],
  ['any event with a filter', { funnel: { steps: [any, { ...named('a'), ...any }] } }, /\[1\]\.filters: do not go/],
  [
    '21 filters of a step',
    { funnel: { steps: [any, { filters: Array(21).fill(is(Dimension.COUNTRY, 'DE')) }] } },
    /^funnel\.steps\[1\]\.filters: there may be at most 20/,
  ],
  ['a wrong filter', { funnel: { steps: [any, { filters: [{}] }] } }, /^funnel\.steps\[1\]\.filters\[0\]\.operator/],
  ['a long name', { funnel: { steps: [{ ...any, name: 'x'.repeat(201) }, any] } }, /^funnel\.steps\[0\]\.name/],
  ['a day of the entry', { funnel: { steps: [{ ...any, onDay: 0 }, any] } }, /^funnel\.steps\[0\]\.on_day/],
  ['day 91', { funnel: { steps: [any, { ...any, onDay: 91 }] } }, /^funnel\.steps\[1\]\.on_day: may be at most 90/],
  ['over 90 days', { funnel: { steps: [any, any], windowSeconds: 7_776_001 } }, /^funnel\.window_seconds: .*7,776,000/],
  ['a person of tomorrow', { funnel: { steps: [any, any], person: 9 } }, /^funnel\.person/],
  ['an order of tomorrow', { funnel: { steps: [any, any], order: 9 } }, /^funnel\.order/],
  ['by entry page', { funnel: { steps: [any, any], groupBy: Dimension.ENTRY_PAGE } }, /^funnel\.group_by: must be/],
  ['a key alone', { funnel: { steps: [any, any], groupProperty: 'k' } }, /^funnel\.group_property/],
  ['1,001 groups', { limit: 1_001 }, /^limit: may be at most 1,000/],
]

test.each(refused)('%s is refused by name', async (_, more, message) => {
  const request = create(FunnelRequestSchema, { question: november, funnel: { steps: [any, any] }, ...more })
  await expect(funnel(world.reading, request, { companyId: 1 })).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message),
  })
})

test('at the limits a funnel is answered', async () => {
  const companyId = await companyWith(Array.from({ length: 12 }, (_, place) => `10:${10 + place} a`))
  const steps = [
    { anyEvent: true, name: 'x'.repeat(200) },
    ...Array.from({ length: 10 }, () => named('a')),
    { filters: Array(20).fill(is(Dimension.EVENT_NAME, 'a')), onDay: 0 },
  ]
  expect(await reached(companyId, { steps, windowSeconds: 7_776_000 })).toEqual(Array(12).fill(1))
  expect(await reached(companyId, { steps: [any, { ...any, onDay: 90 }] })).toEqual([1, 0])
})

test('members of a step that is not, of a group without grouping and behind no cursor are refused', async () => {
  const ask = (more: object) => {
    const request = create(ListFunnelMembersRequestSchema, {
      question: november,
      funnel: { steps: [any, any] },
      ...more,
    })
    return listFunnelMembers(world.reading, request, { companyId: 999 })
  }
  await expect(ask({ step: 2 })).resolves.toMatchObject({ members: [], persons: 0, next: '' })
  await expect(ask({ step: 3 })).rejects.toThrow(/^step: must be 1 to 2/)
  await expect(ask({ group: 'DE' })).rejects.toThrow(/^group: goes with funnel\.group_by only/)
  await expect(ask({ after: `1/${'-'.repeat(36)}` })).rejects.toThrow(/^after: must be `next`/)
})
