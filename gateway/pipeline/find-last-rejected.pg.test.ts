import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { type EnvelopeHeader, encodeRecord, sessionKey } from '../../eventlog/record.ts'
import { EventState, EventStep, FindEventRequestSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { loadStatement } from '../../sql/statement.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { type DeadRow, storeEvents } from '../../test/support/store-events.ts'
import { type AllReadMethods, createReadMethods } from '../analytics/read-methods.ts'

const topic = 'rejected'
let stack: AsyncDisposableStack
let db: Database
let log: EventLog
let methods: AllReadMethods
let logReads = true

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const fresh = stack.use(await freshDatabase())
  db = stack.use(testDatabase(fresh.url))
  const folder = await mkdtemp(join(tmpdir(), 'userflow-rejected-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  log = stack.use(await openEmbeddedLog({ path: join(folder, 'events.sqlite'), topic, partitions: 2 }))
  const asked: EventLog = {
    ...log,
    scan: (range) => {
      if (!logReads) throw new Error('made up')
      return log.scan(range)
    },
  }
  methods = createReadMethods({ db, log: asked, registry: createRegistry() })
})
afterAll(() => stack.disposeAsync())

const ask = (request: MessageInitShape<typeof FindEventRequestSchema>, companyId = 1) =>
  methods.pipeline.findEvent(create(FindEventRequestSchema, request), { companyId })
const lastOf = (lastRejectedOfSite: number, companyId = 1) => ask({ lastRejectedOfSite }, companyId)

const atUs = (second: number): number => (Date.UTC(2026, 10, 10) + second * 1_000) * 1_000

let nextOffset = 0
const letter = (over: Partial<DeadRow> & { second: number }): DeadRow => {
  const { second, ...others } = over
  return {
    company_id: 1,
    site_id: 1,
    event_id: null,
    reason: 'URL_TOO_LONG',
    field: 'page.url',
    message: `rejected at ${second}`,
    log_offset: nextOffset++,
    received_at_us: atUs(second),
    payload: Buffer.from('bytes').toString('base64'),
    ...others,
  }
}
const keep = (...dead: DeadRow[]) => storeEvents(db, { topic: 'elsewhere', partition: 1, events: [], dead })

/** Puts a record on the log as the gateway does. */
async function append(over: Partial<EnvelopeHeader> & { second: number }): Promise<void> {
  const { second, ...others } = over
  const header = {
    companyId: 1,
    siteId: 1,
    receivedAtUs: BigInt(atUs(second)),
    eventId: new Uint8Array(),
    eventTimeUs: 0n,
  }
  const rejected = {
    rejectedReason: 'NAME_TOO_LONG',
    rejectedField: 'custom.name',
    rejectedMessage: `on the log at ${second}`,
  }
  const value = encodeRecord({ ...header, ...rejected, ...others }, undefined)
  const [answer] = await log.append([{ partition: second % 2, key: sessionKey(1, 'k'), value }], { deadlineMs: 5_000 })
  if (answer?.status !== 'written') throw new Error('the log did not take the record')
}

test('the event of a site that was received last of those rejected is told, with its reason, field and road', async () => {
  const id = randomUUID()
  await keep(letter({ second: 1 }), letter({ second: 3, event_id: id }), letter({ second: 2 }))
  await keep(letter({ second: 9, site_id: 2 }), letter({ second: 9, company_id: 2 }))
  const found = await lastOf(1)
  expect(found).toMatchObject({
    state: EventState.DEAD_LETTER,
    reason: 'URL_TOO_LONG',
    field: 'page.url',
    message: 'rejected at 3',
    eventId: id,
    siteId: 1,
    receivedAt: { seconds: BigInt(atUs(3) / 1e6) },
    meta: { metric: 'last_dead_letter' },
  })
  expect(found.steps).toEqual([
    { step: EventStep.KEY_ACCEPTED, passed: true, detail: 'site 1' },
    { step: EventStep.VALIDATED, passed: false, detail: 'URL_TOO_LONG page.url: rejected at 3' },
    { step: EventStep.WRITTEN_TO_LOG, passed: true, detail: `1/${found.logOffset}` },
  ])
  expect(await ask({ eventId: id })).toEqual({ ...found, meta: expect.objectContaining({ metric: 'dead_letters' }) })
})

test('a row that Postgres refused counts as rejected, and passed its validation', async () => {
  await keep(letter({ second: 4, reason: 'ROW_UNSTORABLE', field: '' }))
  const { reason, steps } = await lastOf(1)
  expect(reason).toBe('ROW_UNSTORABLE')
  expect(steps!.map(({ step, passed }) => [step, passed])).toEqual([
    [EventStep.KEY_ACCEPTED, true],
    [EventStep.VALIDATED, true],
    [EventStep.WRITTEN_TO_LOG, true],
    [EventStep.WRITTEN_TO_STORE, false],
  ])
})

test('one that no worker has taken yet is found on the log, and an accepted one beside it is not', async () => {
  const id = randomUUID()
  await append({ second: 10 })
  await append({ second: 12, eventId: Buffer.from(id.replaceAll('-', ''), 'hex') })
  await append({ second: 11 })
  await append({ second: 13, rejectedReason: '' })
  await append({ second: 14, siteId: 2 })
  await append({ second: 15, companyId: 2 })
  const found = await lastOf(1)
  expect(found).toMatchObject({
    state: EventState.ON_LOG,
    reason: 'NAME_TOO_LONG',
    field: 'custom.name',
    message: 'on the log at 12',
    eventId: id,
    siteId: 1,
    logPartition: 0,
    logOffset: 1n,
  })
  const { meta: _, ...sameEvent } = await ask({ eventId: id })
  expect(found).toMatchObject(sameEvent)
  await keep(letter({ second: 20 }))
  expect(await lastOf(1), 'a younger one is kept already').toMatchObject({ message: 'rejected at 20' })
})

test('a site of another company, and one without rejected events, has none', async () => {
  await keep(letter({ second: 1, site_id: 30, company_id: 2 }))
  expect(await lastOf(30)).toMatchObject({ state: EventState.UNKNOWN })
  expect(await lastOf(30, 2)).toMatchObject({ state: EventState.DEAD_LETTER })
  expect(await lastOf(31)).toMatchObject({ state: EventState.UNKNOWN })
})

test('what a replay has put on the log is not rejected any more', async () => {
  await keep(letter({ second: 1, site_id: 40 }), letter({ second: 2, site_id: 40 }))
  await db.query(
    `update dead_letters set replayed_outcome = 'accepted' where site_id = 40 and message = 'rejected at 2'`,
  )
  expect(await lastOf(40)).toMatchObject({ message: 'rejected at 1' })
})

test('while the log cannot be searched a dead letter is told, and UNKNOWN is not', async () => {
  logReads = false
  try {
    expect(await lastOf(40)).toMatchObject({ state: EventState.DEAD_LETTER })
    await expect(lastOf(31)).rejects.toMatchObject({ code: 'LOG_DOWN' })
  } finally {
    logReads = true
  }
})

test('exactly one of the two questions is asked', async () => {
  for (const request of [{}, { eventId: randomUUID(), lastRejectedOfSite: 1 }, { lastRejectedOfSite: 2 ** 31 }]) {
    await expect(ask(request)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' })
  }
})

test('the question needs one entry of an index, however many letters wait', async () => {
  const { sql } = loadStatement('last_dead_letter')
  const plan = await db.transaction('begin', async (client) => {
    // The few letters of this test are read faster without any index.
    await client.query('set local enable_seqscan = off; set local enable_sort = off')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`.replace(/\$\d/g, '1'))
    return rows.map((line) => line['QUERY PLAN']).join('\n')
  })
  expect(plan).toMatch(/^Limit.*\n\s+->\s+Index Scan using dead_letters_by_site/)
})
