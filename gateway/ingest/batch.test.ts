import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordEventsRequestSchema, StreamEventsRequestSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { batchFromJson, splitRecordRequest, splitStreamRequest } from './batch.ts'
import { RequestProblem } from './request-problem.ts'
import { bytesOf, receivedAtMs, sampleEvent } from './sample.case.ts'

const request = (count: number) =>
  toBinary(
    RecordEventsRequestSchema,
    create(RecordEventsRequestSchema, {
      events: Array.from({ length: count }, (_, at) => sampleEvent({ sequence: at })),
      sentAt: timestampFromMs(receivedAtMs),
    }),
  )

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    if (!(error instanceof RequestProblem)) throw error
    return error.code
  }
}

test('a request is split into slices of its own memory that hold the bytes of each event', () => {
  const bytes = request(3)
  const batch = splitRecordRequest(bytes)
  expect(batch.sentAtMs).toBe(receivedAtMs)
  expect(batch.events.map((event) => event.bytes)).toEqual(
    [0, 1, 2].map((at) => bytesOf(sampleEvent({ sequence: at }))),
  )
  for (const event of batch.events) expect(event.bytes.buffer).toBe(bytes.buffer)
})

test('a stream request also tells its number', () => {
  const bytes = toBinary(
    StreamEventsRequestSchema,
    create(StreamEventsRequestSchema, { batch: 2n ** 63n, events: [sampleEvent()], sentAt: timestampFromMs(5) }),
  )
  expect(splitStreamRequest(bytes)).toMatchObject({ batch: 2n ** 63n, sentAtMs: 5 })
  expect(splitStreamRequest(bytes).events).toHaveLength(1)
})

test('1,000 events are a batch, and 1,001 and none are not', () => {
  expect(splitRecordRequest(request(1_000)).events).toHaveLength(1_000)
  expect(codeOf(() => splitRecordRequest(request(1_001)))).toBe('BATCH_TOO_MANY')
  expect(codeOf(() => splitRecordRequest(request(0)))).toBe('BATCH_EMPTY')
  expect(batchFromJson({ events: Array(1_000).fill({}) }).events).toHaveLength(1_000)
  expect(codeOf(() => batchFromJson({ events: Array(1_001).fill({}) }))).toBe('BATCH_TOO_MANY')
  for (const none of [{}, { events: null }, { events: [] }])
    expect(codeOf(() => batchFromJson(none))).toBe('BATCH_EMPTY')
})

test('fields of a later version of the request are skipped', () => {
  const later = new BinaryWriter().tag(9, 2).string('new').tag(10, 0).uint32(1).finish()
  expect(splitRecordRequest(Buffer.concat([later, request(1), later])).events).toHaveLength(1)
  expect(batchFromJson({ events: [{}], later: 1 }).events).toHaveLength(1)
})

test('bytes that are no request are a RequestProblem and nothing else', () => {
  const codes = new Set<string>()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, stream) => {
      codes.add(codeOf(() => (stream ? splitStreamRequest(bytes) : splitRecordRequest(bytes))))
    }),
    { numRuns: 3_000 },
  )
  expect([...codes].sort()).toEqual(expect.arrayContaining(['BATCH_EMPTY', 'REQUEST_UNDECODABLE']))
  const whole = request(2)
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, cut) => {
      const bytes = Uint8Array.from(whole)
      bytes[at] = byte
      codeOf(() => splitRecordRequest(bytes.subarray(0, cut)))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  [null],
  [[]],
  ['text'],
  [5],
  [{ events: {} }],
  [{ events: 'x' }],
  [{ events: [{}], sentAt: 'yesterday' }],
  [{ events: [{}], sentAt: 5 }],
])('the JSON %j is no request', (json) => {
  expect(codeOf(() => batchFromJson(json))).toBe('REQUEST_UNDECODABLE')
})

test('sentAt of JSON is taken in both spellings', () => {
  for (const name of ['sentAt', 'sent_at']) {
    expect(batchFromJson({ events: [{}], [name]: '2026-11-22T09:00:00Z' }).sentAtMs).toBe(receivedAtMs)
  }
  expect(batchFromJson({ events: [{}], sentAt: null }).sentAtMs).toBeUndefined()
})

test('an event of JSON that is no Event is rejected alone', () => {
  const { events } = batchFromJson({ events: [{ pageView: {} }, { nonsense: 1 }, null, { pageView: {} }] })
  expect(events.map((event) => event.unreadable !== undefined)).toEqual([false, true, true, false])
})
