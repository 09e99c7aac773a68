import { connect } from 'node:http2'
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { IngestService } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

const event = () => ({ eventId: crypto.randomUUID(), action: { case: 'pageView' as const, value: {} } })

const transports: [string, (baseUrl: string) => Transport][] = [
  [
    'Connect, protobuf, HTTP/1.1',
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: true }),
  ],
  [
    'Connect, JSON, HTTP/1.1',
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  ],
  [
    'Connect, protobuf, HTTP/2',
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: true }),
  ],
  ['Connect, JSON, HTTP/2', (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: false })],
  [
    'gRPC-web, protobuf, HTTP/1.1',
    (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: true }),
  ],
  [
    'gRPC-web, JSON, HTTP/1.1',
    (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  ],
  ['gRPC, protobuf, HTTP/2', (baseUrl) => createGrpcTransport({ baseUrl, useBinaryFormat: true })],
  ['gRPC, JSON, HTTP/2', (baseUrl) => createGrpcTransport({ baseUrl, useBinaryFormat: false })],
]

test.each(transports)('%s: a verdict for each event, errors with their code, answers to questions', async (_, make) => {
  const ingest = createClient(IngestService, make(it.http))
  const headers = { 'x-api-key': it.writeKey }
  const answer = await ingest.recordEvents({ events: [event(), { ...event(), eventId: 'bad' }, event()] }, { headers })
  expect(answer).toMatchObject({ accepted: 2, rejected: [{ index: 1, field: 'event_id' }] })

  const failed = await ingest.recordEvents({ events: [event()] }).catch((error: unknown) => ConnectError.from(error))
  expect(failed).toMatchObject({ code: Code.Unauthenticated })
  expect((failed as ConnectError).metadata.get('x-userflow-error')).toBe('KEY_MISSING')

  const empty = await ingest.recordEvents({}, { headers }).catch((error: unknown) => ConnectError.from(error))
  expect((empty as ConnectError).metadata.get('x-userflow-error')).toBe('BATCH_EMPTY')

  const analytics = createClient(AnalyticsService, make(it.http))
  const reading = { headers: { 'x-api-key': it.secretKey } }
  expect(await analytics.recentEvents({ limit: 1 }, reading)).toMatchObject({ events: [], meta: { rowCount: 0 } })
})

const streaming = transports.filter(([name]) => name.endsWith('HTTP/2'))

test.each(streaming)('%s: a stream of 100 batches gets every acknowledgement and then ends', async (_, make) => {
  const before = await it.records()
  const ingest = createClient(IngestService, make(it.http))
  async function* batches() {
    for (let batch = 1n; batch <= 100n; batch++) yield { batch, events: [event(), event()] }
  }
  const acknowledged: number[] = []
  for await (const answer of ingest.streamEvents(batches(), { headers: { 'x-api-key': it.writeKey } })) {
    expect(answer.result?.accepted).toBe(2)
    acknowledged.push(Number(answer.batch))
  }
  expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
  expect(await it.records()).toBe(before + 200)
})

test('a JSON answer writes out its defaults', async () => {
  const response = await fetch(`${it.http}/userflow.v1.PipelineService/FindEvent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': it.secretKey },
    body: JSON.stringify({ eventId: crypto.randomUUID(), fieldOfALaterVersion: 1 }),
  })
  expect(await response.json()).toMatchObject({ state: 'UNKNOWN', logPartition: 0, reason: '' })
})

test('a client that resets its HTTP/2 streams ends nothing but those', async () => {
  const session = connect(it.http)
  session.on('error', () => undefined)
  for (let i = 0; i < 20; i++) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/userflow.v1.IngestService/RecordEvents',
      'content-type': 'application/json',
      'x-api-key': it.writeKey,
    })
    stream.on('error', () => undefined)
    stream.write('{"events":')
    stream.close(8)
  }
  session.destroy()
  expect((await fetch(`${it.http}/healthz`)).status).toBe(200)
})
