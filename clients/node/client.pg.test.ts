import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type JsonValue, toJson } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeRecord } from '../../eventlog/record.ts'
import { startGateway } from '../../gateway/gateway.ts'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import { startTestGateway, type TestGateway, usualConfig } from '../../test/support/gateway.ts'
import { expectExactlyOnce } from '../../test/support/oracle.ts'
import { startTestWorker, storedToTheEnd, testThreads } from '../../test/support/worker.ts'
import { createClient } from './client.ts'
import type { ClientOptions } from './options.ts'
import type { Rejected } from './outcome.ts'
import type { TrackedEvent } from './tracked-event.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

type Transport = NonNullable<ClientOptions['transport']>
const open = (transport: Transport, options: Partial<ClientOptions> = {}) =>
  createClient({ address: transport === 'grpc' ? it.grpc : it.http, key: it.secretKey, transport, ...options })

/** The event of this id as it lies on the log. */
async function onLog(eventId: string): Promise<JsonValue | undefined> {
  for (const { partition, low, high } of await it.log.watermarks()) {
    for await (const records of it.log.scan({ partition, from: low, to: high })) {
      for (const { value } of records) {
        const read = decodeRecord(value)
        if (read.ok && read.envelope.event?.eventId === eventId) return toJson(EventSchema, read.envelope.event)
      }
    }
  }
  return undefined
}

const signup: TrackedEvent = {
  userId: '7',
  sessionId: 's-1',
  sequence: 3,
  visitorId: 'v-1',
  page: { url: 'https://example.com/plans?x=é', title: 'Plans', referrer: undefined },
  device: { userAgent: 'Mozilla/5.0', ipAddress: '8.8.8.0' },
  experiments: [{ experimentId: 'price', variant: 'b' }],
  properties: { plan: 'pro', seats: 3, trial: false, tags: ['a', 'b'], nested: { at: new Date(0) } },
  custom: { name: 'signup' },
}

describe.each(['grpc', 'connect'] as const)('over %s', (transport) => {
  test('an event arrives as it was tracked, with an id of version 7 and the time of the call', async () => {
    await using client = open(transport)
    const fromMs = Date.now()
    const outcome = await client.record(signup)
    expect(outcome).toMatchObject({ status: 'accepted', eventId: expect.stringMatching(/^.{14}7/) })
    const { eventId, eventTime, ...rest } = (await onLog(outcome.eventId)) as Record<string, string>
    expect(Date.parse(eventTime!)).toBeGreaterThanOrEqual(fromMs)
    expect(Date.parse(eventTime!)).toBeLessThanOrEqual(Date.now())
    expect(eventId).toBe(outcome.eventId)
    expect(rest).toEqual(JSON.parse(JSON.stringify(signup)))
  })

  test('a rejected event is told once with its reason and is never sent again; the others of its batch are accepted', async () => {
    const told: [TrackedEvent, Rejected][] = []
    const client = open(transport, { onRejected: (event, outcome) => told.push([event, outcome]) })
    const before = await it.records()
    void client.track('fine', { userId: '1' })
    void client.track('broken', { sessionId: 's'.repeat(201), properties: { n: 1 } })
    void client.track('large', { properties: { text: 'x'.repeat(100_000) } })
    void client.track('larger than a request', { properties: { text: 'x'.repeat(4_200_000) } })
    void client.pageView('https://example.com/', { userId: '1' })
    expect(await client.close()).toEqual({ left: 0 })
    expect(client.stats()).toMatchObject({ accepted: 2, rejected: 3, resent: 0, waitingEvents: 0, waitingBytes: 0 })
    // What no request has room for is told at once, the others with the verdicts of their batch.
    expect(told.map(([event, { reason, field }]) => [event.custom?.name, reason, field])).toEqual([
      ['larger than a request', 'EVENT_TOO_LARGE', ''],
      ['broken', 'ID_TOO_LONG', 'session_id'],
      ['large', 'EVENT_TOO_LARGE', ''],
    ])
    expect(told[1]![0]).toMatchObject({ custom: { name: 'broken' }, properties: { n: 1 } })
    // Those that were sent and rejected lie there as dead letters.
    expect((await it.records()) - before).toBe(4)
  })

  test('an event that was told as rejected can be mended and tracked again as it was handed back', async () => {
    await using client = open(transport)
    const { promise, resolve } = Promise.withResolvers<TrackedEvent>()
    await using first = open(transport, { onRejected: resolve })
    void first.track({ ...signup, sessionId: 's'.repeat(201) })
    const back = await promise
    const outcome = await client.record({ ...back, sessionId: 's-1' } as TrackedEvent)
    expect(outcome).toEqual({ status: 'accepted', eventId: back.eventId })
    expect(await onLog(outcome.eventId)).toMatchObject(
      JSON.parse(JSON.stringify({ ...signup, eventTime: back.eventTime })),
    )
  })

  test('a key that the gateway does not know ends in events given up with its words, and never with the key', async () => {
    const key = 'uf_secret_nobody-knows-this-one'
    const client = open(transport, { key })
    const outcome = await client.record(signup)
    expect(outcome).toMatchObject({ status: 'given_up', message: expect.stringContaining('does not exist') })
    expect(JSON.stringify(outcome)).not.toContain(key)
    expect(await client.record(signup)).toMatchObject({ status: 'given_up' })
    expect(await client.close()).toEqual({ left: 0 })
  })

  test('a program that ends without closing its client leaves nothing behind', async () => {
    const before = await it.records()
    const address = transport === 'grpc' ? it.grpc : it.http
    const script = `
      import { createClient } from "./clients/node/client.ts"
      const client = createClient({ address: '${address}', key: '${it.secretKey}', transport: '${transport}' })
      for (let n = 0; n < 1_200; n++) void client.track('at the end', { userId: 'x', properties: { n } })`
    const words = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script]
    await promisify(execFile)(process.execPath, words, { timeout: 20_000 })
    expect((await it.records()) - before).toBe(1_200)
  })

  test('a gateway that is away and comes back gets every event, and each is stored once', async () => {
    await using own = await startTestGateway()
    await using threads = testThreads()
    await using _worker = await startTestWorker({ url: own.databaseUrl, log: own.log, threads })
    const address = transport === 'grpc' ? own.grpc : own.http
    const client = createClient({
      address,
      key: own.secretKey,
      transport,
      whenFull: 'block',
      batchEvents: 50,
      maxWaitingEvents: 1_000,
    })
    const ids: Promise<string>[] = []
    let mostWaiting = 0
    const send = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const outcome = client.record({ userId: String(n % 10), properties: { n }, custom: { name: 'sent' } })
        ids.push(outcome.then((one) => (one.status === 'accepted' ? one.eventId : one.status)))
        if (n % 100 === 99) await client.track('between', { userId: 'x' })
        mostWaiting = Math.max(mostWaiting, client.stats().waitingEvents)
      }
    }
    await send(500)
    const { httpPort, grpcPort } = own.gateway
    const sending = send(500)
    await own.gateway[Symbol.asyncDispose]()
    const config = { ...usualConfig, databaseUrl: own.databaseUrl, httpPort, grpcPort }
    const parts = { log: own.log, db: own.db, registry: createRegistry(), logger: createLogger('test', 'silent') }
    await using _again = await startGateway(config, parts)
    await sending
    const accepted = await Promise.all(ids)
    expect(await client.close()).toEqual({ left: 0 })
    expect(client.stats()).toMatchObject({ accepted: 1_010, rejected: 0, givenUp: 0, dropped: 0 })
    await storedToTheEnd(own.db, own.log)
    const between = await own.db.query<{ event_id: string }>(
      `select event_id from user_events where event_name = 'between'`,
    )
    expect(between).toHaveLength(10)
    await expectExactlyOnce({ db: own.db, log: own.log, ids: [...accepted, ...between.map((row) => row.event_id)] })
  }, 60_000)
})
