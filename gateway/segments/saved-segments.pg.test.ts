import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OverviewRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Dimension, FilterOperator, People } from '../../proto/gen/userflow/v1/question_pb.ts'
import {
  DeleteSegmentRequestSchema,
  ListSegmentsRequestSchema,
  PutSegmentRequestSchema,
  SegmentMembersRequestSchema,
} from '../../proto/gen/userflow/v1/segments_pb.ts'
import { overview } from '../analytics/overview.ts'
import { fromMicros } from '../analytics/time.ts'
import { openWorld, type World } from '../analytics/world.case.ts'
import { createSegmentMethods } from './segment-methods.ts'

let world: World
let methods: ReturnType<typeof createSegmentMethods>
beforeAll(async () => {
  world = await openWorld()
  methods = createSegmentMethods(world.reading)
})
afterAll(() => world[Symbol.asyncDispose]())

const dayMicros = 86_400e6
const start = Date.UTC(2026, 10, 1) * 1e3
const visit = (visitor: string, day: number, more: object = {}) => ({
  ...{ id: crypto.randomUUID(), at: start + day * dayMicros, sequence: 0, site: 1, visitor, session: `s-${visitor}` },
  ...{ bot: false, type: 'custom', name: 'search', page: '/', title: null, user: null, country: 'DE' },
  ...{ browser: null, language: null, plan: null, ...more },
})
const period = { from: fromMicros(start), to: fromMicros(start + 10 * dayMicros) }
const named = (name: string) => ({
  dimension: Dimension.EVENT_NAME,
  property: '',
  operator: FilterOperator.IS,
  values: [name],
})
const searchedTwice = {
  rules: [
    { filters: [named('search')], atLeast: 2 },
    { filters: [named('buy')], atMost: 0 },
  ],
}

const newCompany = () => world.newCompany(['UTC', 'UTC', 'UTC'])
const put = (companyId: number, request: MessageInitShape<typeof PutSegmentRequestSchema>) =>
  methods.putSegment(create(PutSegmentRequestSchema, request), { companyId })
const list = (companyId: number) => methods.listSegments(create(ListSegmentsRequestSchema), { companyId })
const idOf = (saved: Awaited<ReturnType<typeof put>>) => saved.segment!.segmentId!

test('"searched twice and never bought": its members, and the same answers by definition and by id', async () => {
  const companyId = await newCompany()
  const bought = visit('b', 2, { name: 'buy' })
  const late = visit('d', 11)
  const all = [visit('a', 1), visit('a', 3), visit('b', 1), visit('b', 1), bought, visit('c', 4), visit('d', 4), late]
  await world.storeAll(companyId, all)
  const segmentId = idOf(await put(companyId, { name: 'Lookers', segment: searchedTwice }))
  const members = (question: object) =>
    methods.segmentMembers(create(SegmentMembersRequestSchema, { question: { ...period, ...question } }), { companyId })
  const expected = { personId: 'a', siteId: 1, isBot: false, events: 2, firstAt: fromMicros(start + dayMicros) }
  expect(await members({ segmentId })).toMatchObject({ members: [expected], total: 1 })
  expect((await members({ segment: searchedTwice })).members).toEqual((await members({ segmentId })).members)
  expect(await members({ segment: { rules: [{ lastDays: 7 }] } })).toMatchObject({
    members: [{ personId: 'c' }, { personId: 'd' }, { personId: 'a' }],
    total: 3,
  })
  const counted = await overview(world.reading, create(OverviewRequestSchema, { ...period, segmentId }), { companyId })
  expect(counted).toMatchObject({ visitors: 1, events: 2, sessions: 1 })
})

test('a segment is saved, changed and forgotten; its version counts what it says, not its name', async () => {
  const companyId = await newCompany()
  const saved = await put(companyId, { name: ' Lookers ', segment: searchedTwice })
  expect(saved.segment).toMatchObject({ name: 'Lookers', version: 1, segment: searchedTwice })
  const segmentId = idOf(saved)
  expect((await put(companyId, { segmentId, name: 'Seekers', segment: searchedTwice })).segment!.version).toBe(1)
  const users = { ...searchedTwice, people: People.USERS }
  expect((await put(companyId, { segmentId, name: 'Seekers', segment: users })).segment!.version).toBe(2)
  await put(companyId, { name: 'Anybody', segment: { rules: [{}] } })
  expect((await list(companyId)).segments!.map((one) => one.name)).toEqual(['Anybody', 'Seekers'])
  const remove = () => methods.deleteSegment(create(DeleteSegmentRequestSchema, { segmentId }), { companyId })
  await remove()
  await expect(remove()).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  const ask = overview(world.reading, create(OverviewRequestSchema, { ...period, segmentId }), { companyId })
  await expect(ask).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
})

test("another company's segment cannot be asked for, seen, changed or deleted", async () => {
  const [owner, other] = [await newCompany(), await newCompany()]
  const segmentId = idOf(await put(owner, { name: 'Mine', segment: searchedTwice }))
  const caller = { companyId: other }
  expect(await list(other)).toEqual({ segments: [] })
  const attempts = [
    () => put(other, { segmentId, name: 'Yours', segment: searchedTwice }),
    () => methods.deleteSegment(create(DeleteSegmentRequestSchema, { segmentId }), caller),
    () => overview(world.reading, create(OverviewRequestSchema, { ...period, segmentId }), caller),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'UNKNOWN_ID' })
  expect((await list(owner)).segments).toMatchObject([{ name: 'Mine', version: 1 }])
})

const rule = (more: object) => ({ name: 'x', segment: { rules: [more] } })
const rules = (count: number) => Array.from({ length: count }, () => ({}))
const refused: [string, MessageInitShape<typeof PutSegmentRequestSchema>, RegExp][] = [
  ['no segment', { name: 'x' }, /^segment: is required/],
  ['no name', { name: ' ', segment: searchedTwice }, /^name: must have 1 to 200/],
  ['a long name', { name: 'x'.repeat(201), segment: searchedTwice }, /^name: must have 1 to 200/],
  ['no rules', { name: 'x', segment: {} }, /^segment\.rules: must be 1 to 10/],
  ['11 rules', { name: 'x', segment: { rules: rules(11) } }, /^segment\.rules: must be 1 to 10/],
  ['people of tomorrow', { name: 'x', segment: { rules: [{}], people: 9 as People } }, /^segment\.people/],
  [
    '21 filters',
    rule({ filters: Array(21).fill(named('x')) }),
    /^segment\.rules\[0\]\.filters: there may be at most 20/,
  ],
  ['a filter of nothing', rule({ filters: [{}] }), /^segment\.rules\[0\]\.filters\[0\]\.operator/],
  ['too often', rule({ atLeast: 1_000_001 }), /^segment\.rules\[0\]\.at_least: may be at most 1,000,000/],
  ['too seldom', rule({ atMost: 1_000_001 }), /^segment\.rules\[0\]\.at_most: may be at most 1,000,000/],
  ['more than at most', rule({ atLeast: 3, atMost: 2 }), /^segment\.rules\[0\]\.at_most: must not be less/],
  ['what says nothing', rule({ atLeast: 0 }), /^segment\.rules\[0\]\.at_least: of 0 says nothing/],
  ['too long ago', rule({ lastDays: 3_651 }), /^segment\.rules\[0\]\.last_days: may be at most 3,650/],
  ['no id', { segmentId: 'x', name: 'x', segment: searchedTwice }, /^segment_id: must be the segment_id/],
]

test.each(refused)('%s is refused by name', async (_, request, message) => {
  await expect(put(await newCompany(), request)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message),
  })
})

test('what is just within the limits is taken', async () => {
  const filters = Array(20).fill(named('x'))
  const edge = { filters, atLeast: 1_000_000, atMost: 1_000_000, lastDays: 3_650 }
  const segment = { rules: [edge, ...rules(9)] }
  const saved = await put(await newCompany(), { name: 'x'.repeat(200), segment })
  expect(saved.segment!.segment!.rules).toHaveLength(10)
})

test('two segments of a company cannot have one name, and there can be 1,000', async () => {
  const companyId = await newCompany()
  await put(companyId, { name: 'Same', segment: searchedTwice })
  await expect(put(companyId, { name: 'Same', segment: searchedTwice })).rejects.toMatchObject({
    message: expect.stringMatching(/^name: is that of another/),
  })
  await world.db.query(
    `insert into segment (company_id, name, definition) select $1, 'n' || n, '{}' from generate_series(2, 1000) n`,
    [companyId],
  )
  await expect(put(companyId, { name: 'One more', segment: searchedTwice })).rejects.toMatchObject({
    message: expect.stringMatching(/^segment: the company has 1,000 saved/),
  })
})

test('a definition and an id together are refused, and so is a segment that a later version saved', async () => {
  const companyId = await newCompany()
  const [row] = await world.db.query<{ segment_id: string }>(
    `insert into segment (company_id, name, definition) values ($1, 'later', '{"rules": [{"tomorrow": 1}]}') returning segment_id`,
    [companyId],
  )
  const ask = (more: object) =>
    overview(world.reading, create(OverviewRequestSchema, { ...period, ...more }), { companyId })
  await expect(ask({ segmentId: row!.segment_id })).rejects.toMatchObject({
    message: expect.stringMatching(/^segment_id: was saved by a later version/),
  })
  await expect(ask({ segmentId: row!.segment_id, segment: searchedTwice })).rejects.toMatchObject({
    message: expect.stringMatching(/^segment_id: cannot be asked together/),
  })
})
