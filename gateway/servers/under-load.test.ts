import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { credentials, Metadata, makeGenericClientConstructor, type ServiceError, status } from '@grpc/grpc-js'
import { expect, onTestFinished, test } from 'vitest'
import {
  IngestService,
  RecordEventsRequestSchema,
  type RecordEventsResponse,
  RecordEventsResponseSchema,
  StreamEventsRequestSchema,
  StreamEventsResponseSchema,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import { RequestError } from '../errors.ts'
import { sampleKey } from '../ingest/sample.case.ts'
import { openConnectDoor } from './connect.ts'
import { openGrpcDoor } from './grpc.ts'
import { createMeasures } from './measures.ts'
import type { Doorkeeping } from './receive.ts'

// Real doors; behind them a write side that answers when the test says so, and an admission that answers as it says.

function behind(more: Partial<Doorkeeping> = {}) {
  const waiting: (() => void)[] = []
  const key = sampleKey()
  const door: Doorkeeping = {
    keys: { find: async () => key },
    people: { signedIn: () => Promise.reject(new Error('nobody signs in here')) },
    links: { find: async () => undefined },
    admission: { admit: () => ({ release: () => undefined }) },
    rateLimits: { take: () => undefined },
    ingest: {
      record: (_, batch) =>
        new Promise<RecordEventsResponse>((resolve) => {
          const answer = create(RecordEventsResponseSchema, { accepted: batch.events.length })
          waiting.push(() => resolve(answer))
        }),
    },
    readiness: {
      state: () => ({ ready: true, parts: {} }),
      logIsDown: () => false,
      onChange: (tell) => tell(true),
      drain: () => undefined,
      stop: () => undefined,
    },
    measures: createMeasures(createRegistry()),
    logger: createLogger('test', 'silent'),
    trustProxy: 0,
    ...more,
  }
  return { door, waiting }
}

const address = { host: '127.0.0.1', port: 0 }
const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes)
const event = (title = '') => ({ page: { title }, action: { case: 'pageView' as const, value: {} } })

async function openGrpc(door: Doorkeeping) {
  const opened = await openGrpcDoor({ door, rpcs: [], streams: [], address })
  const options = { 'grpc.use_local_subchannel_pool': 1 }
  const Client = makeGenericClientConstructor({}, 'any')
  const client = new Client(`127.0.0.1:${opened.port}`, credentials.createInsecure(), options)
  onTestFinished(async () => {
    client.close()
    await opened[Symbol.asyncDispose]()
  })
  const metadata = new Metadata()
  metadata.set('x-api-key', 'any')
  return { opened, client, metadata }
}

async function openStream(door: Doorkeeping) {
  const { opened, client, metadata } = await openGrpc(door)
  const stream = client.makeBidiStreamRequest('/userflow.v1.IngestService/StreamEvents', same, same, metadata)
  const acknowledged: number[] = []
  stream.on('data', (bytes: Buffer) => acknowledged.push(Number(fromBinary(StreamEventsResponseSchema, bytes).batch)))
  stream.on('error', () => undefined)
  const over = new Promise<{ code: number; metadata: Metadata }>((resolve) => stream.on('status', resolve))
  return { opened, stream, acknowledged, over }
}

const batch = (number: number, title = '') =>
  toBinary(
    StreamEventsRequestSchema,
    create(StreamEventsRequestSchema, { batch: BigInt(number), events: [event(title)] }),
  )

test('a stream has at most 16 unacknowledged batches under way, and loses none of those that wait', async () => {
  const { door, waiting } = behind()
  const { stream, acknowledged, over } = await openStream(door)
  for (let number = 1; number <= 100; number++) stream.write(batch(number))
  stream.end()
  await expect.poll(() => waiting.length).toBe(16)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(waiting.length).toBe(16)
  // The last first: acknowledgements come in any order.
  waiting.pop()?.()
  await expect.poll(() => acknowledged).toEqual([16])
  const free = setInterval(() => waiting.splice(0).forEach((release) => void release()), 5)
  expect((await over).code).toBe(status.OK)
  clearInterval(free)
  expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
})

test('a stream of large batches stays at the sender, not in the memory of the gateway', async () => {
  const { door, waiting } = behind()
  const { stream } = await openStream(door)
  let gone = 0
  for (let number = 1; number <= 40; number++) stream.write(batch(number, 'x'.repeat(1024 * 1024)), () => gone++)
  await expect.poll(() => waiting.length).toBe(8)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(waiting.length).toBe(8)
  // Eight under way, one read ahead by the library, and what the connections hold.
  expect(gone).toBeLessThan(13)
  stream.cancel()
})

test('stopping lets a stream have the acknowledgements it waits for', async () => {
  const { door, waiting } = behind()
  const { opened, stream, acknowledged, over } = await openStream(door)
  for (let number = 1; number <= 3; number++) stream.write(batch(number))
  await expect.poll(() => waiting.length).toBe(3)
  const drained = opened.drain(10_000)
  for (const release of waiting) release()
  const end = await over
  expect(end.metadata.get('x-userflow-error')).toEqual(['GATEWAY_STOPPING'])
  expect(acknowledged.sort()).toEqual([1, 2, 3])
  await drained
})

test('stopping lets a stream at the HTTP door have them too', async () => {
  const { door, waiting } = behind()
  const opened = await openConnectDoor({ door, rpcs: [], streams: [], address })
  onTestFinished(() => opened[Symbol.asyncDispose]())
  const ingest = createClient(IngestService, createGrpcTransport({ baseUrl: `http://127.0.0.1:${opened.port}` }))
  const acknowledged: bigint[] = []
  async function* batches() {
    for (let batch = 1n; batch <= 3n; batch++) yield { batch, events: [event()] }
    await new Promise(() => undefined)
  }
  const listen = async () => {
    const answers = ingest.streamEvents(batches(), { headers: { 'x-api-key': 'any' } })
    for await (const answer of answers) acknowledged.push(answer.batch)
  }
  const over = listen().catch((error: unknown) => ConnectError.from(error))
  await expect.poll(() => waiting.length).toBe(3)
  const drained = opened.drain(10_000)
  for (const release of waiting) release()
  expect((await over)?.metadata.get('x-userflow-error')).toBe('GATEWAY_STOPPING')
  expect(acknowledged.sort()).toEqual([1n, 2n, 3n])
  await drained
})

test('stopping answers a call that is under way', async () => {
  const { door, waiting } = behind()
  const { opened, client, metadata } = await openGrpc(door)
  const bytes = toBinary(RecordEventsRequestSchema, create(RecordEventsRequestSchema, { events: [event()] }))
  const answered = new Promise<Buffer | undefined>((resolve) => {
    const path = '/userflow.v1.IngestService/RecordEvents'
    client.makeUnaryRequest(path, same, same, bytes, metadata, (_, answer) => resolve(answer))
  })
  await expect.poll(() => waiting.length).toBe(1)
  const drained = opened.drain(10_000)
  waiting[0]?.()
  expect(fromBinary(RecordEventsResponseSchema, (await answered) ?? Buffer.alloc(0)).accepted).toBe(1)
  await drained
})

const refuseFor = (retryAfterSeconds: number) => () => {
  throw new RequestError('RATE_LIMITED', undefined, { retryAfterSeconds })
}

const busy: [string, Partial<Doorkeeping>, number, number, string][] = [
  ['COMPANY_OVER_SHARE', { admission: { admit: () => 'shed' } }, 429, status.RESOURCE_EXHAUSTED, '1'],
  ['GATEWAY_FULL', { admission: { admit: () => 'full' } }, 503, status.UNAVAILABLE, '2'],
  ['RATE_LIMITED', { rateLimits: { take: refuseFor(7) } }, 429, status.RESOURCE_EXHAUSTED, '7'],
  ['LOG_DOWN', { readiness: { ...behind().door.readiness, logIsDown: () => true } }, 503, status.UNAVAILABLE, '5'],
  ['STORE_DOWN', { keys: { find: () => Promise.reject(new Error('no connection')) } }, 503, status.UNAVAILABLE, '5'],
]

test.each(busy)('%s is told with the time to wait, at both doors', async (error, more, http, grpc, seconds) => {
  const { door } = behind(more)
  const connect = await openConnectDoor({ door, rpcs: [], streams: [], address })
  onTestFinished(() => connect[Symbol.asyncDispose]())
  const url = `http://127.0.0.1:${connect.port}/v1/events?key=any`
  const response = await fetch(url, { method: 'POST', body: '[{"pageView":{}}]' })
  expect([response.status, response.headers.get('retry-after')]).toEqual([http, seconds])
  expect(await response.json()).toMatchObject({ code: error })

  const { client, metadata } = await openGrpc(door)
  const bytes = toBinary(RecordEventsRequestSchema, create(RecordEventsRequestSchema, { events: [event()] }))
  const refused = await new Promise<ServiceError | null>((resolve) => {
    const path = '/userflow.v1.IngestService/RecordEvents'
    client.makeUnaryRequest(path, same, same, bytes, metadata, (failure) => resolve(failure))
  })
  expect(refused?.code).toBe(grpc)
  expect(refused?.metadata.get('x-userflow-error')).toEqual([error])
  expect(refused?.metadata.get('retry-after')).toEqual([seconds])
})
