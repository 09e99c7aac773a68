import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import {
  RecordEventsResponseSchema,
  RejectReason,
  type StreamEventsRequest,
  StreamEventsRequestSchema,
  type StreamEventsResponse,
  StreamEventsResponseSchema,
  VerdictStatus,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { openStream, type StreamOptions } from './stream.ts'

type Stream = ServerDuplexStream<StreamEventsRequest, StreamEventsResponse>

const door = (onBatch: (stream: Stream, request: StreamEventsRequest) => void) => ({
  StreamEvents: (stream: Stream) => {
    stream.on('data', (request: StreamEventsRequest) => onBatch(stream, request))
    stream.on('error', () => undefined)
    stream.on('end', () => stream.end())
  },
})

async function serve(onBatch: Parameters<typeof door>[0], port = 0) {
  const server = new Server()
  const method = {
    path: '/userflow.v1.IngestService/StreamEvents',
    requestStream: true,
    responseStream: true,
    requestSerialize: (message: StreamEventsRequest) => Buffer.from(toBinary(StreamEventsRequestSchema, message)),
    requestDeserialize: (bytes: Buffer) => fromBinary(StreamEventsRequestSchema, bytes),
    responseSerialize: (message: StreamEventsResponse) => Buffer.from(toBinary(StreamEventsResponseSchema, message)),
    responseDeserialize: (bytes: Buffer) => fromBinary(StreamEventsResponseSchema, bytes),
  }
  server.addService({ StreamEvents: method }, door(onBatch))
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    )
  })
  return { port: bound, [Symbol.asyncDispose]: async () => server.forceShutdown() }
}

const open = (port: number, options: Partial<StreamOptions> = {}) =>
  openStream({ address: `127.0.0.1:${port}`, key: 'k', maxUnacknowledged: 4, ...options })

const event = (name: string) => create(EventSchema, { action: { case: 'custom', value: { name } } })
const events = (...names: string[]) => names.map(event)
const ack = (batch: bigint, result: Parameters<typeof create<typeof RecordEventsResponseSchema>>[1]) =>
  create(StreamEventsResponseSchema, { batch, result: create(RecordEventsResponseSchema, result) })
const answerAll = (held: readonly [Stream, bigint][]) => {
  for (const [at, batch] of held) at.write(ack(batch, { accepted: 1 }))
}
const nameOf = (request: StreamEventsRequest) =>
  request.events.map((each) => each.action.value).map((a) => (a as { name: string }).name)

test('RETRY verdicts are sent again with the same ids and times, REJECTED ones never, and indexes stay the sender’s', async () => {
  const seen: StreamEventsRequest[] = []
  await using server = await serve((stream, request) => {
    seen.push(request)
    const first = seen.length === 1
    stream.write(
      ack(request.batch, {
        accepted: 1,
        rejected: first
          ? [
              { index: 0, status: VerdictStatus.REJECTED, reason: RejectReason.TEXT_TOO_LONG },
              { index: 2, status: VerdictStatus.RETRY, message: 'log down' },
            ]
          : [],
      }),
    )
  })
  await using stream = open(server.port)
  const result = await stream.send(events('a', 'b', 'c'))
  expect(seen.map(nameOf)).toEqual([['a', 'b', 'c'], ['c']])
  expect(seen[1]!.events[0]).toEqual(seen[0]!.events[2])
  expect(seen[0]!.events.every((each) => each.eventId.length === 36 && each.eventTime)).toBe(true)
  expect(result.accepted).toBe(2)
  expect(result.rejected.map((each) => [each.index, each.status])).toEqual([[0, VerdictStatus.REJECTED]])
  expect(stream.resent).toBe(1)
})

test('batches that a broken stream left unanswered are sent again after reconnecting, and all are decided', async () => {
  let calls = 0
  const ids = new Map<string, number>()
  await using server = await serve((stream, request) => {
    calls++
    for (const each of request.events) ids.set(each.eventId, (ids.get(each.eventId) ?? 0) + 1)
    if (calls % 3 === 0) stream.emit('error', { code: status.UNAVAILABLE, details: 'going away' })
    else stream.write(ack(request.batch, { accepted: request.events.length }))
  })
  const stream = open(server.port)
  const outcomes = []
  for (let batch = 0; batch < 20; batch++) {
    await stream.ready()
    outcomes.push(stream.send(events(`${batch}`, `${batch}+`)))
  }
  const accepted = (await Promise.all(outcomes)).map((outcome) => outcome.accepted)
  await stream[Symbol.asyncDispose]()
  expect(accepted).toEqual(Array(20).fill(2))
  expect(ids.size).toBe(40)
  expect([...ids.values()].some((times) => times > 1)).toBe(true)
})

test('a server that dies and comes back on its port gets what it had not acknowledged', async () => {
  const first = await serve(() => undefined)
  const stream = open(first.port)
  const outcome = stream.send(events('a'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  await first[Symbol.asyncDispose]()
  await using _second = await serve((at, request) => void at.write(ack(request.batch, { accepted: 1 })), first.port)
  expect((await outcome).accepted).toBe(1)
  await stream[Symbol.asyncDispose]()
})

test('no more than maxUnacknowledged batches are on the wire, and ready() waits for room', async () => {
  const held: [Stream, bigint][] = []
  let most = 0
  await using server = await serve((stream, request) => {
    held.push([stream, request.batch])
    most = Math.max(most, held.length)
    if (held.length === 2) setTimeout(() => answerAll(held.splice(0)), 20)
  })
  await using stream = open(server.port, { maxUnacknowledged: 2 })
  const outcomes = []
  for (let batch = 0; batch < 10; batch++) {
    await stream.ready()
    outcomes.push(stream.send(events('a')))
  }
  expect((await Promise.all(outcomes)).length).toBe(10)
  expect(most).toBe(2)
})

test('a key the server does not know fails at once, with the cause, and later sends fail too', async () => {
  let calls = 0
  await using server = await serve((stream) => {
    calls++
    stream.emit('error', { code: status.UNAUTHENTICATED, details: 'KEY_UNKNOWN' })
  })
  await using stream = open(server.port)
  await expect(stream.send(events('a'))).rejects.toThrow('KEY_UNKNOWN')
  await expect(stream.send(events('b'))).rejects.toThrow('KEY_UNKNOWN')
  expect(calls).toBe(1)
})

test('trying ends: what stays undecided is told as RETRY with the last cause', async () => {
  await using server = await serve(
    (stream, request) =>
      void stream.write(
        ack(request.batch, { rejected: [{ index: 0, status: VerdictStatus.RETRY, message: 'log down' }] }),
      ),
  )
  await using stream = open(server.port, { giveUpAfterMs: 300 })
  const result = await stream.send(events('a'))
  expect(result.accepted).toBe(0)
  expect(result.rejected[0]!.status).toBe(VerdictStatus.RETRY)
  expect(result.rejected[0]!.message).toContain('log down')
})

test('a stream that never answers is left for a new one', async () => {
  let calls = 0
  await using server = await serve((stream, request) => {
    if (++calls > 1) stream.write(ack(request.batch, { accepted: 1 }))
  })
  await using stream = open(server.port, { answerWithinMs: 200 })
  expect((await stream.send(events('a'))).accepted).toBe(1)
  expect(calls).toBe(2)
})

test('while attempts fail, one batch at a time asks whether the server is back, and then all the others go', async () => {
  const inACall: number[] = []
  let failing = true
  const calls = new Map<Stream, number>()
  await using server = await serve((stream, request) => {
    calls.set(stream, (calls.get(stream) ?? 0) + 1)
    if (!failing) return void stream.write(ack(request.batch, { accepted: 1 }))
    if (calls.get(stream) !== 1) return
    // Time for whatever else comes on this call.
    setTimeout(() => {
      inACall.push(calls.get(stream)!)
      failing = inACall.length < 3
      stream.emit('error', { code: status.UNAVAILABLE, details: 'going away' })
    }, 50)
  })
  await using stream = open(server.port)
  const outcomes = Array.from({ length: 6 }, () => stream.send(events('a')))
  expect((await Promise.all(outcomes)).map(({ accepted }) => accepted)).toEqual([1, 1, 1, 1, 1, 1])
  expect(inACall).toEqual([4, 1, 1])
})

test('what a server refuses for good decides batches that wait for their next attempt, too', async () => {
  let calls = 0
  await using server = await serve((stream, request) => {
    if (++calls > 1) return void stream.emit('error', { code: status.UNAUTHENTICATED, details: 'KEY_UNKNOWN' })
    stream.write(ack(request.batch, { rejected: [{ index: 0, status: VerdictStatus.RETRY, message: 'log down' }] }))
  })
  await using stream = open(server.port)
  const first = stream.send(events('a'))
  first.catch(() => undefined)
  await expect.poll(() => calls).toBe(1)
  await expect(stream.send(events('b'))).rejects.toThrow('KEY_UNKNOWN')
  await expect(first).rejects.toThrow('KEY_UNKNOWN')
})

test('abandoning tells everything undecided as RETRY at once', async () => {
  await using server = await serve(() => undefined)
  const stream = open(server.port, { maxUnacknowledged: 1 })
  const outcomes = [stream.send(events('a')), stream.send(events('b', 'c'))]
  stream.abandon()
  const verdicts = (await Promise.all(outcomes)).map(({ rejected }) => rejected.map((each) => each.status))
  expect(verdicts).toEqual([[VerdictStatus.RETRY], [VerdictStatus.RETRY, VerdictStatus.RETRY]])
  await stream[Symbol.asyncDispose]()
})
