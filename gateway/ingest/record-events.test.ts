import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { EventLog, LogRecord } from '../../eventlog/eventlog.ts'
import { decodeRecord } from '../../eventlog/record.ts'
import { Door, type EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { RecordEventsRequestSchema, RejectReason, VerdictStatus } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { Registry } from '../../runtime/metrics.ts'
import { batchFromJson, type RawBatch, splitRecordRequest } from './batch.ts'
import { rawBytes } from './raw-event.ts'
import { createIngest, type Ingest } from './record-events.ts'
import type { Salts } from './salts.ts'
import { bytesOf, type EventInit, receivedAtMs, sampleEvent, sampleId, sampleKey, sampleSender } from './sample.case.ts'

const knownSalts: Salts = { of: async () => Buffer.alloc(32, 1) }
const lostSalts: Salts = { of: () => Promise.reject(new Error('Postgres is away')) }

interface Bench extends AsyncDisposable {
  readonly ingest: Ingest
  readonly log: EventLog
  readonly registry: Registry
  /** Every envelope on the log. */
  envelopes(): Promise<EventEnvelope[]>
  records(): Promise<LogRecord[]>
}

async function bench(salts: Salts = knownSalts): Promise<Bench> {
  const path = join(tmpdir(), `ingest-${randomUUID()}.db`)
  const log = await openEmbeddedLog({ path, topic: 'events', partitions: 4 })
  const registry = new Registry()
  const records = async (): Promise<LogRecord[]> => {
    const found: LogRecord[] = []
    for (const { partition, high } of await log.watermarks()) {
      for await (const chunk of log.scan({ partition, from: 0, to: high })) found.push(...chunk)
    }
    return found
  }
  return {
    ingest: createIngest({ log, salts, settings: { deadlineMs: 5_000 }, registry }),
    log,
    registry,
    records,
    envelopes: async () =>
      (await records()).map((record) => {
        const read = decodeRecord(record.value)
        if (!read.ok) throw new Error(read.message)
        return read.envelope
      }),
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]()
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
    },
  }
}

const batchOf = (...events: EventInit[]): RawBatch =>
  splitRecordRequest(toBinary(RecordEventsRequestSchema, create(RecordEventsRequestSchema, { events })))

test("an accepted event lies on the log in the sender's own bytes, with what the gateway knew", async () => {
  await using it = await bench()
  const bytes = Buffer.concat([bytesOf(sampleEvent()), Buffer.from('aa38036e6577', 'hex')])
  const answer = await it.ingest.record(sampleSender(), { events: [rawBytes(bytes)], sentAtMs: receivedAtMs - 40 })
  expect(answer).toMatchObject({ accepted: 1, rejected: [], assigned: [] })
  const [record] = await it.records()
  expect(Buffer.from(record!.value).includes(bytes)).toBe(true)
  const [envelope] = await it.envelopes()
  expect(envelope).toMatchObject({
    companyId: 7,
    siteId: 11,
    receivedAtUs: BigInt(receivedAtMs) * 1_000n,
    eventTimeUs: BigInt(receivedAtMs - 1_000) * 1_000n,
    ipAddress: '203.0.113.0',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    door: Door.CONNECT,
    contractVersion: 1,
    skewMs: 40,
    visitorId: 'v1',
    hintPlatform: 'Linux',
    hintPlatformVersion: '6.8',
    countryHeader: 'PT',
    textRepaired: false,
    rejectedReason: '',
    event: { sessionId: 's1' },
  })
  expect(Buffer.from(envelope!.eventId).toString('hex')).toBe(sampleId.replaceAll('-', ''))
})

test('each event has its own verdict, and one bad event never fails its batch', async () => {
  await using it = await bench()
  const bad = sampleEvent({ sessionId: 'x'.repeat(201) })
  const answer = await it.ingest.record(sampleSender(), batchOf(sampleEvent(), bad, sampleEvent({ eventId: '' })))
  expect(answer.accepted).toBe(2)
  expect(answer.rejected).toMatchObject([
    {
      index: 1,
      eventId: sampleId,
      status: VerdictStatus.REJECTED,
      reason: RejectReason.ID_TOO_LONG,
      field: 'session_id',
    },
  ])
  expect(answer.assigned).toMatchObject([{ index: 2, eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }])
})

test('a rejected event is kept on the log as a dead letter, with its bytes and the rule it broke', async () => {
  await using it = await bench()
  const bad = bytesOf(sampleEvent({ eventId: 'not a uuid' }))
  const huge = bytesOf(sampleEvent({ properties: { a: 'x'.repeat(70_000) } }))
  const json = batchFromJson({ events: [{ eventId: sampleId.toUpperCase(), nonsense: 1 }] })
  const events = [rawBytes(bad), rawBytes(huge), ...json.events]
  const answer = await it.ingest.record(sampleSender(), { events, sentAtMs: undefined })
  expect(answer.accepted).toBe(0)
  expect(answer.rejected.map((verdict) => [verdict.status, verdict.eventId])).toEqual([
    [VerdictStatus.REJECTED, ''],
    [VerdictStatus.REJECTED, sampleId],
    [VerdictStatus.REJECTED, sampleId],
  ])
  const letters = new Map((await it.envelopes()).map((envelope) => [envelope.rejectedReason, envelope]))
  expect([...letters.keys()].sort()).toEqual(['EVENT_ID_INVALID', 'EVENT_TOO_LARGE', 'EVENT_UNDECODABLE'])
  for (const envelope of letters.values()) {
    expect(envelope.event).toBeUndefined()
    expect(envelope.companyId).toBe(7)
    expect(envelope.rejectedMessage).not.toBe('')
  }
  expect(Buffer.from(letters.get('EVENT_ID_INVALID')!.rejectedBytes)).toEqual(bad)
  expect(letters.get('EVENT_TOO_LARGE')!.rejectedBytes).toHaveLength(64 * 1024)
  expect(JSON.parse(Buffer.from(letters.get('EVENT_UNDECODABLE')!.rejectedBytes).toString())).toMatchObject({
    nonsense: 1,
  })
})

test('only a written answer makes an event accepted or rejected: all else is to be sent again', async () => {
  await using it = await bench()
  // The log has both records but answers for neither: what a lost reply of a broker looks like.
  const silent: EventLog = {
    ...it.log,
    append: async (records, options) => {
      await it.log.append(records, options)
      return records.map(() => ({ status: 'unknown' as const, cause: 'the reply was lost' }))
    },
  }
  const registry = new Registry()
  const ingest = createIngest({ log: silent, salts: knownSalts, settings: { deadlineMs: 5_000 }, registry })
  const answer = await ingest.record(sampleSender(), batchOf(sampleEvent(), sampleEvent({ eventId: 'bad' })))
  expect(answer.accepted).toBe(0)
  expect(answer.rejected).toMatchObject([
    { index: 0, eventId: sampleId, status: VerdictStatus.RETRY, reason: RejectReason.REJECT_REASON_UNSPECIFIED },
    { index: 1, status: VerdictStatus.RETRY },
  ])
  expect(await registry.metrics()).toContain('userflow_ingest_dead_letters_unknown_total 1')
})

test('the same event twice in a batch is put on the log twice: Postgres counts it once', async () => {
  await using it = await bench()
  expect(await it.ingest.record(sampleSender(), batchOf(sampleEvent(), sampleEvent()))).toMatchObject({ accepted: 2 })
  expect(await it.envelopes()).toHaveLength(2)
})

test('events of one session, else visitor, else person, lie in one partition in order', async () => {
  await using it = await bench()
  const keyOf = async (change: EventInit): Promise<string> => {
    const before = (await it.records()).map((record) => Buffer.from(record.key).toString())
    await it.ingest.record(sampleSender({ door: Door.GRPC }), batchOf(sampleEvent(change)))
    const after = (await it.records()).map((record) => Buffer.from(record.key).toString())
    for (const key of before) after.splice(after.indexOf(key), 1)
    return after[0]!
  }
  expect(await keyOf({})).toBe('7:s1')
  expect(await keyOf({ sessionId: '' })).toBe('7:v1')
  expect(await keyOf({ sessionId: '', visitorId: '' })).toBe('7:user:u1')
  expect(await keyOf({ sessionId: '', visitorId: '', userId: '' })).toBe(`7:${sampleId}`)
})

test('a browser without visitor_id gets the hash of the day; an event that needs it waits while the salt is unknown', async () => {
  await using it = await bench()
  await it.ingest.record(sampleSender(), batchOf(sampleEvent({ visitorId: '' })))
  expect((await it.envelopes())[0]?.visitorId).toMatch(/^[\w-]{22}$/)
  await using without = await bench(lostSalts)
  const answer = await without.ingest.record(sampleSender(), batchOf(sampleEvent(), sampleEvent({ visitorId: '' })))
  expect(answer).toMatchObject({ accepted: 1, rejected: [{ index: 1, status: VerdictStatus.RETRY }] })
  expect(await without.envelopes()).toHaveLength(1)
})

test('an address in the event needs a secret key and must be one; it is cut like any other', async () => {
  await using it = await bench()
  const event = (ipAddress: string) => batchOf(sampleEvent({ device: { ipAddress, userAgent: 'visitor UA' } }))
  const secret = sampleSender({ key: sampleKey({ kind: 'secret' }) })
  const wrong = { field: 'device.ip_address', reason: RejectReason.IP_ADDRESS_NOT_ALLOWED }
  expect(await it.ingest.record(sampleSender(), event('198.51.100.9'))).toMatchObject({ rejected: [wrong] })
  expect(await it.ingest.record(secret, event('nowhere'))).toMatchObject({ rejected: [wrong] })
  expect(await it.ingest.record(secret, event('198.51.100.9'))).toMatchObject({ accepted: 1 })
  const accepted = (await it.envelopes()).find((envelope) => envelope.rejectedReason === '')
  expect(accepted).toMatchObject({ ipAddress: '198.51.100.0', userAgent: 'visitor UA' })
})

test('NUL and lone surrogates are accepted and flagged, and what the gateway adds has none', async () => {
  await using it = await bench()
  const device = { userAgent: 'UA\0' }
  await it.ingest.record(sampleSender(), batchOf(sampleEvent({ visitorId: 'v\0', device })))
  await it.ingest.record(sampleSender(), batchFromJson({ events: [{ pageView: {}, sessionId: '\ud800' }] }))
  const envelopes = await it.envelopes()
  expect(envelopes.map((envelope) => envelope.textRepaired)).toEqual([true, true])
  expect(envelopes.map((envelope) => envelope.userAgent + envelope.visitorId).join('')).not.toContain('\0')
  expect(envelopes.some((envelope) => envelope.visitorId === 'v\ufffd')).toBe(true)
})

test('whatever a batch holds, each event has exactly one acceptance or verdict, and the log agrees', async () => {
  await using it = await bench()
  const valid = fc.constant(bytesOf(sampleEvent()))
  const event = fc.oneof(
    valid,
    fc.uint8Array({ maxLength: 50 }).map(Buffer.from),
    valid.map((bytes) => bytes.subarray(0, 90)),
  )
  let [accepted, rejected] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), async (events) => {
      const answer = await it.ingest.record(sampleSender(), {
        events: events.map((one) => rawBytes(one)),
        sentAtMs: undefined,
      })
      const indexes = answer.rejected.map((verdict) => verdict.index)
      expect(new Set(indexes).size).toBe(indexes.length)
      expect(answer.accepted + indexes.length).toBe(events.length)
      for (const [index, bytes] of events.entries()) {
        if (!indexes.includes(index)) expect(fromBinary(EventSchema, bytes).action.case).toBeDefined()
      }
      accepted += answer.accepted
      rejected += indexes.length
    }),
    { numRuns: 60 },
  )
  const envelopes = await it.envelopes()
  expect(envelopes.filter((envelope) => envelope.rejectedReason === '')).toHaveLength(accepted)
  expect(envelopes.filter((envelope) => envelope.rejectedReason !== '')).toHaveLength(rejected)
  expect(Math.min(accepted, rejected)).toBeGreaterThan(20)
})

test('figures tell doors, verdicts and reasons', async () => {
  await using it = await bench()
  await it.ingest.record(
    sampleSender(),
    batchOf(sampleEvent(), sampleEvent(), sampleEvent({ action: { case: undefined } })),
  )
  const metrics = await it.registry.metrics()
  expect(metrics).toContain('userflow_ingest_events_total{door="connect",verdict="accepted",reason=""} 2')
  expect(metrics).toContain('userflow_ingest_events_total{door="connect",verdict="rejected",reason="ACTION_MISSING"} 1')
  expect(metrics).toContain('userflow_ingest_append_seconds_count 1')
})
