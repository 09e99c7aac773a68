import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, type DescMessage, fromBinary, type MessageInitShape, toBinary, toJson } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { EventLog } from '../../eventlog/eventlog.ts'
import {
  EventBreakdownRequestSchema,
  EventBreakdownResponseSchema,
  OverviewRequestSchema,
  OverviewResponseSchema,
  RecentEventsRequestSchema,
  RecentEventsResponseSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { BalanceRequestSchema, BalanceResponseSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { loadStatement } from '../../sql/statement.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { type EventRow, storeEvents } from '../../test/support/store-events.ts'
import { createProgress } from './progress.ts'
import { type AllReadMethods, createReadMethods } from './read-methods.ts'
import { runStatement } from './run-statement.ts'
import { fromMicros } from './time.ts'

let stack: AsyncDisposableStack
let url: string
let db: Database
let log: EventLog
let methods: AllReadMethods

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const fresh = stack.use(await freshDatabase())
  url = fresh.url
  db = stack.use(testDatabase(url))
  const folder = await mkdtemp(join(tmpdir(), 'userflow-answers-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  log = stack.use(await openEmbeddedLog({ path: join(folder, 'events.sqlite'), topic: 'answers', partitions: 2 }))
  methods = createReadMethods({ db, log, registry: createRegistry() })
})
afterAll(() => stack.disposeAsync())

const day = { from: fromMicros(Date.UTC(2026, 10, 10) * 1e3), to: fromMicros(Date.UTC(2026, 10, 11) * 1e3) }
const before = { before: day.to }
const event = (over: EventRow): EventRow => ({ visitor_id: 'v', session_id: 's', page_path: '/', ...over })

/** The answer as a caller in another language reads it; throws if a field cannot be sent. */
function sent<Schema extends DescMessage>(schema: Schema, answer: MessageInitShape<Schema>) {
  const received = fromBinary(schema, toBinary(schema, create(schema, answer)))
  return toJson(schema, received, { alwaysEmitImplicit: true }) as Record<string, unknown>
}

test("a company sees nothing of another's, in no answer, even with equal ids of sites, sessions and visitors", async () => {
  await storeEvents(db, { topic: 'tenants', events: [event({ company_id: 10 }), event({ company_id: 11 })] })
  await storeEvents(db, { topic: 'tenants', events: [event({ company_id: 11, event_type: 'click' })] })
  const caller = { companyId: 10 }
  const { analytics, pipeline } = methods
  expect(await analytics.overview(create(OverviewRequestSchema, day), caller)).toMatchObject({
    visitors: 1,
    sessions: 1,
    pageViews: 1,
    events: 1,
    bounceRate: 1,
  })
  expect((await analytics.eventBreakdown(create(EventBreakdownRequestSchema, day), caller)).rows).toEqual([
    { eventType: 'page_view', eventName: '', events: 1 },
  ])
  expect((await analytics.recentEvents(create(RecentEventsRequestSchema, before), caller)).events).toHaveLength(1)
  expect(await pipeline.balance(create(BalanceRequestSchema, {}), caller)).toMatchObject({ taken: 1, stored: 1 })
})

test('the balance is that of the minutes asked for, duplicates included', async () => {
  const companyId = 20
  const events = [event({ company_id: companyId, event_id: '0197a3c2-0000-7000-8000-000000000001' })]
  await storeEvents(db, { topic: 'balance', events })
  await storeEvents(db, { topic: 'balance', events })
  const ask = async (period: object) =>
    sent(BalanceResponseSchema, await methods.pipeline.balance(create(BalanceRequestSchema, period), { companyId }))
  const whole = { taken: 2, stored: 1, duplicate: 1, deadLetter: 0, difference: 0 }
  expect(await ask({})).toMatchObject(whole)
  expect(await ask(day)).toMatchObject(whole)
  expect(await ask({ from: day.to })).toMatchObject({ taken: 0, stored: 0, difference: 0 })
  expect(await ask({ to: day.from })).toMatchObject({ taken: 0 })
})

test('an answer says metric, version, SQL, parameters, rows and how complete it is', async () => {
  const request = create(EventBreakdownRequestSchema, { ...day, siteIds: [7, 8] })
  const answer = sent(EventBreakdownResponseSchema, await methods.analytics.eventBreakdown(request, { companyId: 30 }))
  expect(answer).toMatchObject({
    rows: [],
    meta: {
      metric: 'event_breakdown',
      version: 1,
      sql: loadStatement('event_breakdown').sql,
      parameters: [30, [7, 8], '2026-11-10T00:00:00.000000Z', '2026-11-11T00:00:00.000000Z', false],
      rowCount: 0,
      completeTo: expect.stringMatching(/^\d{4}-/),
    },
  })
})

test('an overview of nothing is zeros', async () => {
  const answer = await methods.analytics.overview(create(OverviewRequestSchema, day), { companyId: 31 })
  const { meta: _, ...numbers } = sent(OverviewResponseSchema, answer)
  expect(Object.values(numbers)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
})

test('whatever a stranger wrote into an event can be sent to a reader', async () => {
  const companyId = 32
  const metadata = JSON.parse('{"__proto__":{"x":1},"constructor":null,"<script>":"\\u202e=cmd|","n":1e308,"l":[[]]}')
  const hostile = { metadata, event_name: "'; drop table user_events; --", page_url: 'javascript:alert(1)' }
  await storeEvents(db, { topic: 'hostile', events: [event({ company_id: companyId, ...hostile })] })
  const answer = await methods.analytics.recentEvents(create(RecentEventsRequestSchema, before), { companyId })
  const [shown] = sent(RecentEventsResponseSchema, answer).events as Record<string, unknown>[]
  expect(shown).toMatchObject({ eventName: hostile.event_name, pageUrl: hostile.page_url })
  expect(shown!.properties).toMatchObject({ constructor: null, '<script>': '\u202e=cmd|', n: 1e308, l: [[]] })
  expect(Object.prototype).not.toHaveProperty('x')
})

test('recent events of more than 2 MiB are cut to fewer events, never to none', async () => {
  const companyId = 33
  const metadata = { text: 'x'.repeat(1_500_000) }
  await storeEvents(db, { topic: 'big', events: [1, 2, 3].map(() => event({ company_id: companyId, metadata })) })
  const answer = await methods.analytics.recentEvents(create(RecentEventsRequestSchema, before), { companyId })
  expect(answer.events).toHaveLength(1)
})

const handMade = (sql: string) => ({
  statement: { ...loadStatement('balance'), sql },
  values: [],
  companyId: 5,
  timeoutMs: 50,
})

test('a statement cannot write, is bound to the company, ends in time, and leaves the pool usable', async () => {
  await expect(runStatement(db, handMade('delete from stored_events'))).rejects.toMatchObject({ code: '25006' })
  await expect(runStatement(db, handMade('select pg_sleep(20)'))).rejects.toMatchObject({ code: 'QUERY_TOO_SLOW' })
  expect(await runStatement(db, handMade("select current_setting('userflow.company_id') as company"))).toEqual([
    { company: '5' },
  ])
  const [after] = await db.query("select current_setting('userflow.company_id', true) as company")
  expect(after!.company || null, 'the binding ends with the transaction').toBeNull()
})

test('no two statements in one', async () => {
  const run = { ...handMade('select $1::int; commit; drop table stored_events'), values: [1] }
  await expect(runStatement(db, run)).rejects.toMatchObject({ code: '42601' })
})

test('a database that is not there is STORE_DOWN', async () => {
  const nowhere = new URL(url)
  nowhere.port = '1'
  await using unreachable = testDatabase(nowhere.href)
  const broken = createReadMethods({ db: unreachable, log, registry: createRegistry() })
  const asking = broken.pipeline.balance(create(BalanceRequestSchema, {}), { companyId: 1 })
  await expect(asking).rejects.toMatchObject({ code: 'STORE_DOWN' })
})

test('how complete an answer is follows the log, and is still told when the log is silent', async () => {
  const progress = createProgress({ db, log })
  const empty = await progress.completeTo()
  expect(empty).toBeLessThan(Date.now() * 1e3)
  expect(await progress.unread()).toEqual([])

  const record = { partition: 1, key: Buffer.from('k'), value: Buffer.from('v') }
  await log.append([record, record], { deadlineMs: 5_000 })
  expect(await createProgress({ db, log }).completeTo(), 'records that nobody has taken').toBeUndefined()
  expect(await progress.unread()).toEqual([{ partition: 1, from: 0, to: 2 }])

  const received_at = '2026-11-10T12:00:00.000Z'
  await storeEvents(db, { topic: log.topic, partition: 1, events: [event({ received_at })] })
  const lagging = await createProgress({ db, log }).completeTo()
  expect(lagging).toBe((Date.parse(received_at) - 10_000) * 1e3)
  expect(await progress.unread()).toEqual([{ partition: 1, from: 1, to: 2 }])

  await storeEvents(db, { topic: log.topic, partition: 1, events: [event({ received_at })] })
  expect(await createProgress({ db, log }).completeTo(), 'stored to the end').toBeGreaterThan(empty!)
  expect(await progress.unread()).toEqual([])

  const silent = Object.assign(Object.create(log), { watermarks: () => new Promise(() => undefined) }) as EventLog
  await storeEvents(db, { topic: log.topic, partition: 0, events: [event({ received_at })] })
  const fallback = createProgress({ db, log: silent })
  expect(await fallback.completeTo()).toBe(lagging)
  expect(await fallback.unread()).toBeUndefined()
})
