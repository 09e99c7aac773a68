import { gzipSync } from 'node:zlib'
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { credentials, Metadata, makeGenericClientConstructor, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  RecordEventsRequestSchema,
  RecordEventsResponseSchema,
  StreamEventsRequestSchema,
  type StreamEventsResponse,
  StreamEventsResponseSchema,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { BalanceResponseSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

const recordPath = '/userflow.v1.IngestService/RecordEvents'
const streamPath = '/userflow.v1.IngestService/StreamEvents'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes)

function open(to = it.grpc) {
  const options = { 'grpc.max_send_message_length': -1, 'grpc.use_local_subchannel_pool': 1 }
  const client = new (makeGenericClientConstructor({}, 'any'))(to, credentials.createInsecure(), options)
  return { client, [Symbol.dispose]: () => client.close() }
}

function metadataOf(key?: string, more: Record<string, string> = {}): Metadata {
  const metadata = new Metadata()
  if (key) metadata.set('x-api-key', key)
  for (const [name, value] of Object.entries(more)) metadata.set(name, value)
  return metadata
}

async function call(path: string, bytes: Uint8Array, metadata: Metadata) {
  using opened = open()
  return await new Promise<{ bytes: Buffer } | { error: ServiceError }>((resolve) => {
    opened.client.makeUnaryRequest(
      path,
      same,
      (answer) => answer,
      bytes,
      metadata,
      (error, answer) => resolve(error ? { error } : { bytes: answer as Buffer }),
    )
  })
}

async function callAt(address: string): Promise<number | undefined> {
  using opened = open(address)
  return await new Promise((resolve) => {
    const [bytes, metadata] = [request(), metadataOf('any')]
    opened.client.makeUnaryRequest(recordPath, same, same, bytes, metadata, (error) => resolve(error?.code))
  })
}

const event = (eventId: string = crypto.randomUUID()) => ({ eventId, action: { case: 'pageView' as const, value: {} } })

const request = (events: MessageInitShape<typeof RecordEventsRequestSchema>['events'] = [event()]) =>
  toBinary(RecordEventsRequestSchema, create(RecordEventsRequestSchema, { events: events ?? [] }))

async function record(bytes = request(), metadata = metadataOf(it.writeKey)) {
  const answer = await call(recordPath, bytes, metadata)
  if ('error' in answer) throw answer.error
  return fromBinary(RecordEventsResponseSchema, answer.bytes)
}

async function refusal(bytes: Uint8Array, metadata: Metadata, path = recordPath) {
  const answer = await call(path, bytes, metadata)
  if (!('error' in answer)) throw new Error('the call was answered')
  return { code: answer.error.code, error: answer.error.metadata.get('x-userflow-error')[0] }
}

test('a batch is accepted and lies on the log', async () => {
  const before = await it.records()
  expect(await record(request([event(), event()]))).toMatchObject({ accepted: 2, rejected: [] })
  expect(await it.records()).toBe(before + 2)
})

test('a bearer token is a key as well', async () => {
  const metadata = metadataOf(undefined, { authorization: `Bearer ${it.writeKey}` })
  expect(await record(request(), metadata)).toMatchObject({ accepted: 1 })
})

test('of a thousand events with a bad one, 999 are accepted and the bad one is named', async () => {
  const events = Array.from({ length: 1_000 }, (_, at) => event(at === 7 ? 'bad' : undefined))
  const answer = await record(request(events))
  expect(answer.accepted).toBe(999)
  expect(answer.rejected).toMatchObject([{ index: 7, field: 'event_id' }])
})

test('who may not is told so by status and code', async () => {
  const key = await it.newKey({ origins: ['https://shop.example'] })
  expect(await refusal(request(), metadataOf())).toEqual({ code: status.UNAUTHENTICATED, error: 'KEY_MISSING' })
  expect(await refusal(request(), metadataOf('nobody'))).toEqual({ code: status.UNAUTHENTICATED, error: 'KEY_UNKNOWN' })
  expect(await refusal(request(), metadataOf(key, { origin: 'https://evil.example' }))).toEqual({
    code: status.PERMISSION_DENIED,
    error: 'ORIGIN_NOT_ALLOWED',
  })
  const overview = '/userflow.v1.AnalyticsService/Overview'
  expect(await refusal(new Uint8Array(), metadataOf(it.writeKey), overview)).toEqual({
    code: status.PERMISSION_DENIED,
    error: 'KEY_NOT_ALLOWED',
  })
})

test('an error carries its details', async () => {
  const answer = await call(recordPath, request(), metadataOf('nobody'))
  const details = 'error' in answer ? answer.error.metadata.get('grpc-status-details-bin')[0] : undefined
  expect(String(details)).toContain('type.googleapis.com/google.rpc.ErrorInfo')
  expect(String(details)).toContain('KEY_UNKNOWN')
})

test('garbage, nothing and too much are refused as a whole', async () => {
  const metadata = metadataOf(it.writeKey)
  expect(await refusal(Buffer.from('ffffffff', 'hex'), metadata)).toMatchObject({ error: 'REQUEST_UNDECODABLE' })
  expect(await refusal(new Uint8Array(), metadata)).toMatchObject({ error: 'BATCH_EMPTY' })
  expect(await refusal(request(Array.from({ length: 1_001 }, () => event())), metadata)).toMatchObject({
    error: 'BATCH_TOO_MANY',
  })
  expect(await refusal(Buffer.alloc(5 * 1024 * 1024), metadata)).toMatchObject({ code: status.RESOURCE_EXHAUSTED })
})

test('the limit holds for what a compressed message becomes', async () => {
  const { connect, constants } = await import('node:http2')
  const session = connect(`http://${it.grpc}`)
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
  const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), bomb])
  frame.writeUInt32BE(bomb.length, 1)
  const code = await new Promise((resolve) => {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: recordPath,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-encoding': 'gzip',
      'x-api-key': it.writeKey,
    })
    stream.on('response', (headers) => headers['grpc-status'] !== undefined && resolve(headers['grpc-status']))
    stream.on('trailers', (trailers) => resolve(trailers['grpc-status']))
    stream.on('error', () => undefined)
    stream.resume()
    stream.end(frame)
  })
  session.destroy()
  expect(Number(code)).toBe(status.RESOURCE_EXHAUSTED)
})

test('a question is answered to a secret key', async () => {
  const answer = await call('/userflow.v1.PipelineService/Balance', new Uint8Array(), metadataOf(it.secretKey))
  if ('error' in answer) throw answer.error
  expect(fromBinary(BalanceResponseSchema, answer.bytes)).toMatchObject({ difference: 0, meta: { metric: 'balance' } })
})

function openStream(client: ReturnType<typeof open>['client'], key = it.writeKey) {
  const stream = client.makeBidiStreamRequest<Uint8Array, StreamEventsResponse>(
    streamPath,
    same,
    (bytes) => fromBinary(StreamEventsResponseSchema, bytes),
    metadataOf(key),
  )
  const answers: StreamEventsResponse[] = []
  stream.on('data', (answer) => answers.push(answer))
  stream.on('error', () => undefined)
  const over = new Promise<{ code: number; metadata: Metadata }>((resolve) => stream.on('status', resolve))
  return { stream, answers, over }
}

const batch = (number: number, events = [event()]) =>
  toBinary(StreamEventsRequestSchema, create(StreamEventsRequestSchema, { batch: BigInt(number), events }))

test('a stream of 100 batches, half-closed at once, gets every acknowledgement and then ends', async () => {
  using opened = open()
  const before = await it.records()
  const { stream, answers, over } = openStream(opened.client)
  for (let number = 1; number <= 100; number++) stream.write(batch(number, [event(), event(), event()]))
  stream.end()
  expect(await over).toMatchObject({ code: status.OK })
  expect(answers.map((answer) => Number(answer.batch)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, at) => at + 1),
  )
  expect(answers.every((answer) => answer.result?.accepted === 3)).toBe(true)
  expect(await it.records()).toBe(before + 300)
})

test('acknowledgements come while the stream is open', async () => {
  using opened = open()
  const { stream, answers, over } = openStream(opened.client)
  stream.write(batch(7))
  await expect.poll(() => answers.length).toBe(1)
  stream.write(batch(8))
  await expect.poll(() => answers.length).toBe(2)
  stream.end()
  expect(await over).toMatchObject({ code: status.OK })
})

test('a stream without a key is refused', async () => {
  using opened = open()
  const { over } = openStream(opened.client, 'nobody')
  const end = await over
  expect(end.code).toBe(status.UNAUTHENTICATED)
  expect(end.metadata.get('x-userflow-error')).toEqual(['KEY_UNKNOWN'])
})

test('a stream whose key is revoked ends with the batch that shows it', async () => {
  using opened = open()
  const key = await it.newKey()
  const { stream, answers, over } = openStream(opened.client, key)
  stream.write(batch(1))
  await expect.poll(() => answers.length).toBe(1)
  await it.revoke(key)
  const beat = setInterval(() => stream.write(batch(2)), 300)
  expect((await over).code).toBe(status.UNAUTHENTICATED)
  clearInterval(beat)
})

test('a client that goes away in the middle leaves no trace but its events', async () => {
  using opened = open()
  const { stream, over } = openStream(opened.client)
  for (let number = 1; number <= 50; number++) stream.write(batch(number))
  stream.cancel()
  expect((await over).code).toBe(status.CANCELLED)
  expect(await record()).toMatchObject({ accepted: 1 })
})

test('stopping ends streams after their acknowledgements, and takes no more', async () => {
  const own = await startTestGateway()
  using opened = open(own.grpc)
  const { stream, answers, over } = openStream(opened.client, own.writeKey)
  stream.write(batch(1))
  await expect.poll(() => answers.length).toBe(1)
  const stopped = own[Symbol.asyncDispose]()
  const end = await over
  expect(end.code).toBe(status.UNAVAILABLE)
  expect(end.metadata.get('x-userflow-error')).toEqual(['GATEWAY_STOPPING'])
  await stopped
  expect(await callAt(own.grpc)).toBe(status.UNAVAILABLE)
})
