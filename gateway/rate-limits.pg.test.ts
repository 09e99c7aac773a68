import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  IngestService,
  RecordEventsRequestSchema,
  StreamEventsRequestSchema,
  StreamEventsResponseSchema,
} from '../proto/gen/userflow/v1/ingest_pb.ts'
import { postTo, startTestGateway, type TestGateway } from '../test/support/gateway.ts'
import { hashOf } from './admin/key-text.ts'

const path = '/userflow.v1.IngestService/'
const events = (count: number) =>
  Array.from({ length: count }, () => ({
    eventId: crypto.randomUUID(),
    action: { case: 'pageView' as const, value: {} },
  }))
const json = (count: number) => ({
  events: Array.from({ length: count }, () => ({ eventId: crypto.randomUUID(), pageView: {} })),
})
const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes)

let it: TestGateway
/** A write key of 10 events a second, whose first burst of 1,000 is used up. */
let key: string
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  key = await limitedKey(10)
})

/** A key whose burst is used up by a batch that passes whole. */
async function limitedKey(perSecond: number): Promise<string> {
  const made = await it.newKey()
  await it.db.query('update api_key set events_per_second = $2 where key_hash = $1', [hashOf(made), perSecond])
  expect((await post('RecordEvents', json(1_000), made)).json.accepted).toBe(1_000)
  return made
}

const post = (method: string, body: unknown, with_ = key) =>
  postTo(it.http + path + method, body, { 'x-api-key': with_ })

const metadataOf = (secret: string): Metadata => {
  const metadata = new Metadata()
  metadata.set('x-api-key', secret)
  return metadata
}

function openClient() {
  const client = new Client(it.grpc, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 })
  return { client, [Symbol.dispose]: () => client.close() }
}

/** What each door says to a batch of 1,000 of a key that has none left: its code, and the seconds to wait. */
const doors: [string, () => Promise<{ error: unknown; seconds: unknown }>][] = [
  ['JSON', async () => told(await post('RecordEvents', json(1_000)))],
  ['/v1/events', async () => told(await postTo(`${it.http}/v1/events?key=${key}`, json(1_000).events))],
  ['Connect', () => library(createConnectTransport({ baseUrl: it.http, httpVersion: '2' }))],
  ['gRPC-web', () => library(createGrpcWebTransport({ baseUrl: it.http, httpVersion: '1.1' }))],
  ['gRPC', grpc],
]

function told({ status: code, error, headers }: Awaited<ReturnType<typeof postTo>>) {
  expect(code).toBe(429)
  return { error, seconds: headers.get('retry-after') }
}

async function library(transport: ReturnType<typeof createConnectTransport>) {
  const ingest = createClient(IngestService, transport)
  const error = await ingest
    .recordEvents({ events: events(1_000) }, { headers: { 'x-api-key': key } })
    .then(() => undefined, ConnectError.from)
  return { error: error?.metadata.get('x-userflow-error'), seconds: error?.metadata.get('retry-after') }
}

async function grpc() {
  using opened = openClient()
  const bytes = toBinary(RecordEventsRequestSchema, create(RecordEventsRequestSchema, { events: events(1_000) }))
  const refused = await new Promise<ServiceError | null>((resolve) => {
    const [method, metadata] = [`${path}RecordEvents`, metadataOf(key)]
    opened.client.makeUnaryRequest(method, same, same, bytes, metadata, (error) => resolve(error))
  })
  expect(refused?.code).toBe(status.RESOURCE_EXHAUSTED)
  const [error, seconds] = ['x-userflow-error', 'retry-after'].map((name) => refused?.metadata.get(name)[0])
  return { error, seconds }
}

test.each(doors)('%s refuses the whole batch, says for how long, and takes nothing of it', async (_, send) => {
  const before = await it.records()
  const { error, seconds } = await send()
  expect(error).toBe('RATE_LIMITED')
  // A hundred seconds' worth are missing, less what the test itself takes.
  expect(Number(seconds)).toBeGreaterThan(30)
  expect(Number(seconds)).toBeLessThanOrEqual(100)
  expect(await it.records()).toBe(before)
})

test('the pixel still shows its picture, and says in a header that nothing was recorded', async () => {
  key = await limitedKey(1)
  const pixel = () => fetch(`${it.http}/v1/pixel.gif?key=${key}`)
  await expect.poll(async () => (await pixel()).headers.get('x-userflow-error')).toBe('RATE_LIMITED')
  expect((await pixel()).status).toBe(200)
})

function openStream(client: Client, secret: string) {
  const batches: number[] = []
  const stream = client.makeBidiStreamRequest<Uint8Array, Buffer>(`${path}StreamEvents`, same, same, metadataOf(secret))
  stream.on('data', (bytes) => batches.push(Number(fromBinary(StreamEventsResponseSchema, bytes).batch)))
  stream.on('error', () => undefined)
  const over = new Promise<{ code: number; metadata: Metadata }>((resolve) => stream.on('status', resolve))
  const send = (batch: number, count: number): void => {
    const request = create(StreamEventsRequestSchema, { batch: BigInt(batch), events: events(count) })
    stream.write(toBinary(StreamEventsRequestSchema, request))
  }
  return { batches, over, send, end: () => stream.end() }
}

test('a stream is slowed to the limit, and every batch of it is acknowledged', async () => {
  using opened = openClient()
  const started = performance.now()
  const fast = await limitedKey(100)
  const before = await it.records()
  const { batches, over, send, end } = openStream(opened.client, fast)
  for (let batch = 1; batch <= 10; batch++) send(batch, 20)
  end()
  expect((await over).code).toBe(status.OK)
  expect(batches.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(await it.records()).toBe(before + 200)
  // The limit itself: since its burst was used up no more than 100 a second came in.
  expect(performance.now() - started).toBeGreaterThan(1_990)
})

test('a stream whose batch would wait too long ends, and says for how long', async () => {
  const slow = await limitedKey(1)
  using opened = openClient()
  const before = await it.records()
  const { batches, over, send } = openStream(opened.client, slow)
  send(1, 1_000)
  const { code, metadata } = await over
  expect(code).toBe(status.RESOURCE_EXHAUSTED)
  expect(metadata.get('x-userflow-error')).toEqual(['RATE_LIMITED'])
  expect(Number(metadata.get('retry-after')[0])).toBeGreaterThan(900)
  expect(batches).toEqual([])
  expect(await it.records()).toBe(before)
})

test('a key that is revoked while a batch waits for its turn ends the stream, and nothing of the batch is taken', async () => {
  const slow = await limitedKey(1)
  using opened = openClient()
  const before = await it.records()
  const { over, send } = openStream(opened.client, slow)
  send(1, 1_000)
  await it.revoke(slow)
  const { code, metadata } = await over
  expect([code, ...metadata.get('x-userflow-error')]).toEqual([status.UNAUTHENTICATED, 'KEY_UNKNOWN'])
  expect(await it.records()).toBe(before)
})

test("a company's limit holds for all its keys together", async () => {
  const [first, second] = [await it.newKey(), await it.newKey()]
  await it.db.query('update company set events_per_second = 1')
  try {
    await expect.poll(async () => (await post('RecordEvents', json(400), first)).error).toBe('RATE_LIMITED')
    expect(await post('RecordEvents', json(400), second)).toMatchObject({ status: 429, error: 'RATE_LIMITED' })
    const { json: told_ } = await post('RecordEvents', json(400), second)
    expect(told_.message).toContain('All keys of this company together may send 1 events a second')
  } finally {
    await it.db.query('update company set events_per_second = null')
  }
})
