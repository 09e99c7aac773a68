import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { encodeRecord, sessionKey } from '../../eventlog/record.ts'
import {
  EventState,
  EventStep,
  FindEventRequestSchema,
  ListDeadLettersRequestSchema,
} from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { type DeadRow, storeEvents } from '../../test/support/store-events.ts'
import { type AllReadMethods, createReadMethods } from '../analytics/read-methods.ts'

const topic = 'find'
let stack: AsyncDisposableStack
let db: Database
let log: EventLog
let methods: AllReadMethods

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const fresh = stack.use(await freshDatabase())
  db = stack.use(testDatabase(fresh.url))
  const folder = await mkdtemp(join(tmpdir(), 'userflow-find-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  log = stack.use(await openEmbeddedLog({ path: join(folder, 'events.sqlite'), topic, partitions: 2 }))
  methods = createReadMethods({ db, log, registry: createRegistry() })
})
afterAll(() => stack.disposeAsync())

const find = (eventId: string, companyId = 1) =>
  methods.pipeline.findEvent(create(FindEventRequestSchema, { eventId }), { companyId })

/** A UUID of version 7 for a time in milliseconds. */
const idAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8${randomUUID().slice(20)}`
}

const idBytes = (id: string): Uint8Array => Buffer.from(id.replaceAll('-', ''), 'hex')

/** Puts a record on the log as the gateway does; returns its offset. */
async function append(id: string, place: { companyId?: number; partition?: number } = {}): Promise<number> {
  const { companyId = 1, partition = 1 } = place
  const value = encodeRecord(
    { companyId, siteId: 1, receivedAtUs: 1_795_000_000_000_001n, eventId: idBytes(id), eventTimeUs: 1n },
    Buffer.alloc(0),
  )
  const [answer] = await log.append([{ partition, key: sessionKey(companyId, id), value }], { deadlineMs: 5_000 })
  if (answer?.status !== 'written') throw new Error('the log did not take the record')
  return answer.offset
}

const dead = (over: Partial<DeadRow>): DeadRow => ({
  company_id: 1,
  site_id: 1,
  event_id: null,
  reason: 'EVENT_ID_INVALID',
  field: 'event_id',
  message: 'must be a UUID',
  log_offset: 0,
  received_at_us: Date.UTC(2026, 10, 10) * 1e3,
  payload: Buffer.from('bytes').toString('base64'),
  ...over,
})

test('a stored event is found by an id of version 7 near its time, far from it, and by an id of version 4', async () => {
  const near = idAt(Date.UTC(2026, 10, 10, 9))
  const far = idAt(Date.UTC(2021, 0, 1))
  const random = randomUUID()
  const event_timestamp = '2026-11-10T10:00:00.123456Z'
  const metadata = { plan: 'pro', __proto__: null, nested: { list: [1, 'two', null] } }
  await storeEvents(db, {
    topic: 'stored',
    partition: 3,
    events: [near, far, random].map((event_id) => ({ event_id, event_timestamp, metadata, visitor_id: 'v' })),
  })
  for (const [offset, id] of [near, far, random].entries()) {
    const answer = await find(id.toUpperCase())
    expect(answer).toMatchObject({
      state: EventState.STORED,
      logPartition: 3,
      logOffset: BigInt(offset),
      receivedAt: { nanos: 0 },
      event: { eventId: id, eventTime: { nanos: 123_456_000 }, visitorId: 'v', properties: { plan: 'pro' } },
      meta: { metric: 'find_event', rowCount: 1 },
    })
    expect((await find(id, 2)).state, 'of another company').toBe(EventState.UNKNOWN)
  }
})

test('a stored event tells its road: its key, its place on the log, what was learned of it, and as what it was stored', async () => {
  const event_id = randomUUID()
  const learned = {
    country: 'PT',
    city: 'Porto',
    channel: 'organic search',
    is_bot: true,
    bot_reason: 'user agent: spider',
  }
  await storeEvents(db, {
    topic: 'road',
    partition: 2,
    events: [{ event_id, site_id: 5, event_type: 'click', ...learned }],
  })
  const found = await find(event_id)
  expect(found).toMatchObject({ eventId: event_id, siteId: 5, event: { country: 'PT', isBot: true } })
  expect(found.steps).toEqual([
    { step: EventStep.KEY_ACCEPTED, passed: true, detail: 'site 5' },
    { step: EventStep.VALIDATED, passed: true, detail: '' },
    { step: EventStep.WRITTEN_TO_LOG, passed: true, detail: '2/0' },
    {
      step: EventStep.ENRICHED,
      passed: true,
      detail: "in Porto, PT; channel organic search; a bot's, by user agent: spider",
    },
    { step: EventStep.WRITTEN_TO_STORE, passed: true, detail: 'as click' },
  ])
})

test('a dead letter is found with its reason, and by its own company only', async () => {
  const id = randomUUID()
  await storeEvents(db, { topic: 'dead', partition: 1, events: [], dead: [dead({ event_id: id, log_offset: 7 })] })
  expect(await find(id)).toMatchObject({
    state: EventState.DEAD_LETTER,
    reason: 'EVENT_ID_INVALID',
    field: 'event_id',
    message: 'must be a UUID',
    logPartition: 1,
    logOffset: 7n,
  })
  expect((await find(id, 2)).state).toBe(EventState.UNKNOWN)
})

test('an event that is still on the log is found there, by its own company only, and then where it is stored', async () => {
  const id = randomUUID()
  await append(randomUUID())
  const offset = await append(id)
  expect(await find(id)).toMatchObject({
    state: EventState.ON_LOG,
    logPartition: 1,
    logOffset: BigInt(offset),
    receivedAt: { seconds: 1_795_000_000n, nanos: 1_000 },
  })
  expect((await find(id, 2)).state).toBe(EventState.UNKNOWN)
  await storeEvents(db, { topic, partition: 1, events: [{ event_id: id, log_offset: offset }], records: offset + 1 })
  expect(await find(id)).toMatchObject({ state: EventState.STORED, logPartition: 1, logOffset: BigInt(offset) })
})

test('an event that a worker stores during the search is found in the one place or the other, never lost', async () => {
  const partition = 0
  for (let round = 0; round < 40; round++) {
    const id = randomUUID()
    const offset = await append(id, { partition })
    const stored = await db.query<{ next_offset: string }>(
      'select next_offset from ingest_partition where topic = $1 and partition = $2',
      [topic, partition],
    )
    const records = offset + 1 - Number(stored[0]?.next_offset ?? 0)
    const [answer] = await Promise.all([
      find(id),
      storeEvents(db, { topic, partition, events: [{ event_id: id, log_offset: offset }], records }),
    ])
    expect([EventState.ON_LOG, EventState.STORED]).toContain(answer.state)
  }
})

test('garbage on the log that holds the id is passed over', async () => {
  const id = randomUUID()
  await log.append([{ partition: 0, key: Buffer.from('k'), value: Buffer.concat([idBytes(id), Buffer.alloc(40)]) }], {
    deadlineMs: 5_000,
  })
  expect((await find(id)).state).toBe(EventState.UNKNOWN)
})

test('a text that is not a UUID is refused', async () => {
  for (const eventId of ['', 'x', `${randomUUID()}0`, "'; drop table user_events; --"]) {
    await expect(find(eventId)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' })
  }
})

test('dead letters are listed newest first with their bytes, by reason, for their own company only', async () => {
  const companyId = 40
  const list = (company: number, request: { limit?: number; reason?: string } = {}) =>
    methods.pipeline.listDeadLetters(create(ListDeadLettersRequestSchema, request), { companyId: company })
  const garbage = Buffer.from([0, 255, 1])
  for (const [log_offset, reason] of ['ROW_UNSTORABLE', 'RECORD_CORRUPT'].entries()) {
    const letter = dead({ company_id: companyId, log_offset, reason, payload: garbage.toString('base64') })
    await storeEvents(db, { topic: 'list', events: [], dead: [letter, { ...letter, company_id: 0 }] })
  }
  const { deadLetters } = await list(companyId)
  expect(deadLetters!.map((letter) => [letter.reason, letter.logOffset])).toEqual([
    ['RECORD_CORRUPT', 1n],
    ['ROW_UNSTORABLE', 0n],
  ])
  expect(deadLetters![0]!.payload).toEqual(garbage)
  expect((await list(companyId, { limit: 1 })).deadLetters).toHaveLength(1)
  expect((await list(companyId, { reason: 'ROW_UNSTORABLE' })).deadLetters).toHaveLength(1)
  expect((await list(41)).deadLetters).toEqual([])
  await expect(list(companyId, { reason: "x' or true" })).rejects.toMatchObject({ code: 'PARAMETER_INVALID' })
})

test('dead letters of more than 2 MiB are cut to fewer letters, never to none', async () => {
  const companyId = 42
  const payload = Buffer.alloc(1_500_000).toString('base64')
  const letters = [0, 1, 2].map((log_offset) => dead({ company_id: companyId, log_offset, payload }))
  await storeEvents(db, { topic: 'big', events: [], dead: letters })
  const answer = await methods.pipeline.listDeadLetters(create(ListDeadLettersRequestSchema, {}), { companyId })
  expect(answer.deadLetters).toHaveLength(1)
})
