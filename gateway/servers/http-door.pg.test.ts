import { connect as connectTcp } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RecordEventsRequestSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { postTo, startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

const recordPath = '/userflow.v1.IngestService/RecordEvents'
const overviewPath = '/userflow.v1.AnalyticsService/Overview'
const pageView = (more: object = {}) => ({ eventId: crypto.randomUUID(), pageView: {}, ...more })
const one = () => ({ events: [pageView()] })

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway({ trustProxy: 1 })
})
afterAll(() => it[Symbol.asyncDispose]())

const post = (path: string, body: unknown, headers?: Record<string, string>) => postTo(it.http + path, body, headers)

const record = (body: unknown, headers: Record<string, string> = {}) =>
  post(recordPath, body, { 'x-api-key': it.writeKey, ...headers })

test('an event in JSON is accepted and lies on the log', async () => {
  const before = await it.records()
  const answer = await record(one())
  expect(answer).toMatchObject({ status: 200, error: null })
  expect(answer.json).toEqual({ accepted: 1, rejected: [] })
  expect(await it.records()).toBe(before + 1)
})

test('an id the gateway assigned is told', async () => {
  const { json } = await record({ events: [{ pageView: {} }] })
  expect(json.assigned).toMatchObject([{ index: 0, eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }])
})

test('protobuf in, protobuf out', async () => {
  const events = [{ eventId: crypto.randomUUID(), action: { case: 'pageView' as const, value: {} } }]
  const body = toBinary(RecordEventsRequestSchema, create(RecordEventsRequestSchema, { events }))
  const headers = { 'content-type': 'application/proto', 'x-api-key': it.writeKey }
  const response = await fetch(it.http + recordPath, { method: 'POST', headers, body: body as Uint8Array<ArrayBuffer> })
  expect(response.headers.get('content-type')).toBe('application/proto')
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([8, 1])
})

test('of a thousand events with a bad one, 999 are accepted and the bad one is named', async () => {
  const events: object[] = Array.from({ length: 1_000 }, () => pageView())
  events[321] = { eventId: 'not-a-uuid', pageView: {} }
  const { json } = await record({ events })
  expect(json.accepted).toBe(999)
  expect(json.rejected).toMatchObject([
    { index: 321, status: 'REJECTED', reason: 'EVENT_ID_INVALID', field: 'event_id' },
  ])
})

test('an event that is no Event at all gets a verdict of its own too', async () => {
  const { status, json } = await record({ events: [pageView(), 'text', { pageView: 7 }, pageView()] })
  expect(status).toBe(200)
  expect(json.accepted).toBe(2)
  expect(json.rejected.map((verdict: { index: number }) => verdict.index)).toEqual([1, 2])
})

test.each([
  ['no key', {}, 401, 'KEY_MISSING', 'unauthenticated'],
  ['an unknown key', { 'x-api-key': 'uf_write_nobody' }, 401, 'KEY_UNKNOWN', 'unauthenticated'],
  ['a key longer than any', { 'x-api-key': 'x'.repeat(5_000) }, 401, 'KEY_UNKNOWN', 'unauthenticated'],
])('%s is refused before the body is read', async (_, headers, status, error, code) => {
  const answer = await post(recordPath, 'garbage that nobody reads', headers as Record<string, string>)
  expect(answer).toMatchObject({ status, error, json: { code } })
  expect(answer.json.details[0]).toMatchObject({ type: 'google.rpc.ErrorInfo', debug: { reason: error } })
})

test('a bearer token is a key as well', async () => {
  const answer = await post(recordPath, one(), { authorization: `Bearer ${it.writeKey}` })
  expect(answer.json).toEqual({ accepted: 1, rejected: [] })
})

test('a revoked key is refused within the age of the cache', async () => {
  const key = await it.newKey()
  expect(await post(recordPath, one(), { 'x-api-key': key })).toMatchObject({ status: 200 })
  await it.revoke(key)
  await expect
    .poll(async () => (await post(recordPath, one(), { 'x-api-key': key })).error, { timeout: 9_000, interval: 300 })
    .toBe('KEY_UNKNOWN')
})

test('a write key cannot read, a secret key can', async () => {
  const period = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
  expect(await post(overviewPath, period, { 'x-api-key': it.writeKey })).toMatchObject({
    status: 403,
    error: 'KEY_NOT_ALLOWED',
  })
  const answer = await post(overviewPath, period, { 'x-api-key': it.secretKey })
  expect(answer).toMatchObject({ status: 200, json: { visitors: 0, events: 0, meta: { metric: 'overview' } } })
})

test('a question with a wrong parameter says which', async () => {
  const answer = await post(overviewPath, { from: 'yesterday' }, { 'x-api-key': it.secretKey })
  expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_argument' } })
  const swapped = { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }
  expect(await post(overviewPath, swapped, { 'x-api-key': it.secretKey })).toMatchObject({ error: 'PARAMETER_INVALID' })
})

test.each([
  ['garbage JSON', '{"events": [', {}, 400, 'REQUEST_UNDECODABLE'],
  ['JSON 50,000 levels deep', '['.repeat(50_000) + ']'.repeat(50_000), {}, 400, 'REQUEST_UNDECODABLE'],
  [
    'garbage protobuf',
    Buffer.from('ffffff', 'hex'),
    { 'content-type': 'application/proto' },
    400,
    'REQUEST_UNDECODABLE',
  ],
  ['no events', { events: [] }, {}, 400, 'BATCH_EMPTY'],
  ['1,001 events', { events: Array(1_001).fill({}) }, {}, 400, 'BATCH_TOO_MANY'],
  ['5 MiB', 'x'.repeat(5 * 1024 * 1024), {}, 413, 'REQUEST_TOO_LARGE'],
  ['XML', '<events/>', { 'content-type': 'application/xml' }, 415, 'CONTENT_TYPE_UNSUPPORTED'],
  ['brotli', 'x', { 'content-encoding': 'br' }, 415, 'COMPRESSION_UNSUPPORTED'],
  ['two layers of gzip', 'x', { 'content-encoding': 'gzip, gzip' }, 415, 'COMPRESSION_UNSUPPORTED'],
  ['what is not gzip', 'x', { 'content-encoding': 'gzip' }, 400, 'REQUEST_UNDECODABLE'],
  ['a gzip bomb', gzipSync(Buffer.alloc(200 * 1024 * 1024)), { 'content-encoding': 'gzip' }, 413, 'REQUEST_TOO_LARGE'],
  ['a small gzip bomb', gzipSync(Buffer.alloc(3_000_000)), { 'content-encoding': 'gzip' }, 413, 'COMPRESSION_RATIO'],
] as const)('%s is refused as a whole', async (_, body, headers, status, error) => {
  expect(await record(body, headers as Record<string, string>)).toMatchObject({ status, error })
})

test('an event whose properties are 50,000 levels deep is rejected, its neighbour is not', async () => {
  const deep = `{"pageView":{},"properties":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
  const { json } = await record(`{"events":[${deep},${JSON.stringify(pageView())}]}`)
  expect(json).toMatchObject({ accepted: 1, rejected: [{ index: 0, reason: 'PROPERTIES_TOO_DEEP' }] })
})

test('a body in chunks is counted while it comes', async () => {
  const chunk = new Uint8Array(1024 * 1024).fill(32)
  const body = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 5; i++) controller.enqueue(chunk)
      controller.close()
    },
  })
  const headers = { 'content-type': 'application/json', 'x-api-key': it.writeKey }
  const response = await fetch(it.http + recordPath, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  expect(response.status).toBe(413)
})

test('a gzip body is taken', async () => {
  const answer = await record(gzipSync(JSON.stringify(one())), { 'content-encoding': 'gzip' })
  expect(answer.json).toEqual({ accepted: 1, rejected: [] })
})

test('health, readiness and the front page', async () => {
  const get = async (path: string, method = 'GET') => (await fetch(it.http + path, { method })).status
  await expect.poll(() => get('/readyz')).toBe(200)
  expect(await get('/healthz')).toBe(200)
  expect(await get('/')).toBe(200)
  expect(await get('/nothing')).toBe(404)
  expect(await get('/healthz', 'DELETE')).toBe(405)
  expect(await get(recordPath)).toBe(405)
})

test('a connection that sends its headers a byte at a time is closed', { timeout: 40_000 }, async () => {
  const closed = await new Promise<boolean>((resolve) => {
    const socket = connectTcp(it.gateway.httpPort, '127.0.0.1')
    const text = `POST ${recordPath} HTTP/1.1\r\nx: `
    let at = 0
    const trickle = setInterval(() => socket.write(text[at++] ?? 'x'), 200)
    const end = (result: boolean) => {
      clearInterval(trickle)
      clearTimeout(patience)
      socket.destroy()
      resolve(result)
    }
    const patience = setTimeout(() => end(false), 30_000)
    socket.on('close', () => end(true)).on('error', () => undefined)
  })
  expect(closed).toBe(true)
})

test('a host header that is no host ends the request and not the process', async () => {
  const said = await new Promise<string>((resolve) => {
    const socket = connectTcp(it.gateway.httpPort, '127.0.0.1')
    socket.setEncoding('utf8').once('data', (text) => resolve(String(text)))
    socket.write(
      `POST ${overviewPath} HTTP/1.1\r\nhost: [\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
    )
  })
  expect(said).toContain('HTTP/1.1 400')
  await sleep(50)
  expect((await fetch(`${it.http}/healthz`)).status).toBe(200)
})
