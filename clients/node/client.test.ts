import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from './client.ts'
import type { ClientOptions } from './options.ts'
import type { GivenUp } from './outcome.ts'
import type { TrackedEvent } from './tracked-event.ts'

const run = promisify(execFile)
const key = 'uf_write_secret-text-of-a-key'
let nobody: string
beforeAll(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  nobody = `127.0.0.1:${(server.address() as { port: number }).port}`
  await new Promise((resolve) => server.close(resolve))
})

/** A client without a gateway: nothing it takes has an outcome before it is closed. */
const alone = (options: Partial<ClientOptions> = {}) =>
  createClient({ address: nobody, key, closeWithinMs: 50, ...options })
const event: TrackedEvent = { userId: '7', custom: { name: 'signup' } }

describe('without a gateway', () => {
  test('what does not fit is dropped and counted, by events and by bytes, and told to who asked', async () => {
    await using few = alone({ maxWaitingEvents: 3, onGivenUp: () => undefined })
    expect(await Promise.all([few.track(event), few.track(event), few.track('third'), few.track(event)])).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(await few.record(event)).toMatchObject({ status: 'dropped' })
    expect(few.stats()).toMatchObject({ waitingEvents: 3, dropped: 2 })

    await using small = alone({ maxWaitingBytes: 1_000, onGivenUp: () => undefined })
    const large = { ...event, properties: { text: 'x'.repeat(600) } }
    expect(await Promise.all([small.track(large), small.track(large), small.track(event)])).toEqual([true, false, true])
    expect(small.stats().waitingBytes).toBeLessThanOrEqual(1_000)
  })

  test('an event that is larger than all the room waits alone', async () => {
    await using client = alone({ maxWaitingBytes: 100, onGivenUp: () => undefined })
    expect(await client.track({ ...event, properties: { text: 'x'.repeat(600) } })).toBe(true)
    expect(await client.track(event)).toBe(false)
  })

  test('with whenFull block nothing is dropped: track waits, in turn, and close tells how many were left', async () => {
    const given: [TrackedEvent, GivenUp][] = []
    const client = alone({ maxWaitingEvents: 2, whenFull: 'block', onGivenUp: (...told) => given.push(told) })
    const entered: string[] = []
    const tracks = ['a', 'b', 'c', 'd'].map((name) =>
      client.track(name).then((taken) => entered.push(`${name} ${taken}`)),
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(entered).toEqual(['a true', 'b true'])
    expect(client.stats()).toMatchObject({ waitingEvents: 4, dropped: 0 })
    expect(await client.close()).toEqual({ left: 4 })
    await Promise.all(tracks)
    expect(entered.slice(2)).toEqual(['c false', 'd false'])
    expect(given.map(([{ custom }]) => custom?.name)).toEqual(['a', 'b'])
    expect(client.stats()).toMatchObject({ waitingEvents: 0, waitingBytes: 0, givenUp: 2, dropped: 2 })
  })

  test.each(['grpc', 'connect'] as const)(
    'over %s events are given up after giveUpAfterMs, with the cause and their id',
    async (transport) => {
      const address = transport === 'grpc' ? nobody : `http://${nobody}`
      await using client = alone({ transport, address, giveUpAfterMs: 200 })
      const outcome = await client.record(event)
      expect(outcome).toMatchObject({ status: 'given_up', eventId: expect.stringMatching(/^[\da-f-]{36}$/) })
      expect((outcome as GivenUp).message).toMatch(/^unknown after \d+ attempts: ./)
      expect(await client.flush()).toEqual({ left: 0 })
    },
  )

  test.each(['grpc', 'connect'] as const)(
    'over %s close ends by its deadline, says how many are left and hands each back',
    async (transport) => {
      const address = transport === 'grpc' ? nobody : `http://${nobody}`
      const given: TrackedEvent[] = []
      const client = alone({ transport, address, closeWithinMs: 100, onGivenUp: (back) => given.push(back) })
      for (let n = 0; n < 1_200; n++) void client.track('n', { properties: { n } })
      expect(await client.flush({ withinMs: 50 })).toEqual({ left: 1_200 })
      expect(await client.close()).toEqual({ left: 1_200 })
      expect(given.map(({ properties }) => properties?.n)).toEqual(Array.from({ length: 1_200 }, (_, n) => n))
      expect(await client.track(event)).toBe(false)
      expect(await client.close()).toEqual({ left: 1_200 })
    },
  )

  test('a program that comes to its end waits for its events no longer than closeWithinMs', async () => {
    const script = `
      import { createClient } from "./clients/node/client.ts"
      const client = createClient({ address: '${nobody}', key: 'k', closeWithinMs: 300, onGivenUp: (event) => console.log(event.custom.name) })
      void client.track('left behind')`
    expect((await node(script)).stdout).toBe('left behind\n')
  })

  test('with two clients, SIGTERM ends the process when both have had their time, and not at all if the application listens', async () => {
    const script = (listener: string) => `
      import { createClient } from "./clients/node/client.ts"
      for (const name of ['one', 'two']) {
        const told = (event) => console.log(event.custom.name)
        const client = createClient({ address: '${nobody}', key: 'k', closeWithinMs: 300, flushOnExit: true, onGivenUp: told })
        void client.track(name)
      }
      ${listener}
      const alive = setInterval(() => undefined, 1_000)
      process.kill(process.pid, 'SIGTERM')`
    await expect(node(script(''))).rejects.toMatchObject({ signal: 'SIGTERM', stdout: 'one\ntwo\n' })
    const own = await node(
      script(`process.on('SIGTERM', () => setTimeout(() => { console.log('mine'); clearInterval(alive) }, 1_000))`),
    )
    expect(own.stdout).toBe('one\ntwo\nmine\n')
  })

  test('a program that is told to end by SIGTERM ends by it, once its events had their time', async () => {
    const script = `
      import { createClient } from "./clients/node/client.ts"
      const client = createClient({ address: '${nobody}', key: 'k', closeWithinMs: 300, flushOnExit: true, onGivenUp: (event) => console.log(event.custom.name) })
      setInterval(() => undefined, 1_000)
      void client.track('left behind')
      process.kill(process.pid, 'SIGTERM')`
    await expect(node(script)).rejects.toMatchObject({ signal: 'SIGTERM', stdout: 'left behind\n' })
  })
})

const node = (script: string) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script], {
    timeout: 20_000,
  })

test('an event that cannot be encoded is told as rejected, as it was given, and throws nothing into the application', async () => {
  const told: [TrackedEvent, string][] = []
  await using client = alone({ onRejected: (given, { message }) => told.push([given, message]) })
  const endless: Record<string, unknown> = {}
  endless.inner = endless
  const trap = {
    get own(): string {
      throw new Error('trap')
    },
  }
  const wrong = [
    { userid: 'x', pageView: {} },
    { pageView: {}, properties: endless },
    { pageView: {}, properties: trap },
    undefined,
  ]
  for (const given of wrong) expect(await client.track(given as unknown as TrackedEvent)).toBe(true)
  expect(told.map(([given]) => given)).toEqual(wrong)
  expect(told.map(([, message]) => message)).toEqual([
    'userid is no field of Event, so it was not sent',
    'properties is nested too deep, or contains itself, so it was not sent',
    'properties cannot be encoded, so it was not sent',
    'event cannot be read, so it was not sent',
  ])
  expect(client.stats()).toMatchObject({ rejected: 4, waitingEvents: 0 })
})

test('without a callback the first of each kind is a warning of the process, and a callback that throws is one, too', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  try {
    const silent = alone({ maxWaitingEvents: 1 })
    for (const given of [{ nope: 1 }, { nope: 2 }, event, event, event]) void silent.track(given as TrackedEvent)
    await silent.close()
    const texts = warn.mock.calls.map(([text]) => String(text))
    expect(texts.map((text) => text.split(/[;:]/)[0])).toEqual([
      'An event was rejected',
      'An event was dropped',
      'An event was given up',
    ])
    expect(texts.join()).not.toContain(key)
    const fault = new Error('callback')
    await using loud = alone({
      onRejected: () => {
        throw fault
      },
    })
    await loud.track({ nope: 1 } as unknown as TrackedEvent)
    expect(warn.mock.lastCall).toEqual([fault])
  } finally {
    warn.mockRestore()
  }
})

test('the trace goes into the properties, and what the event says itself stays', async () => {
  const given: TrackedEvent[] = []
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const client = alone({ traceContext: () => trace, onGivenUp: (back) => given.push(back) })
  void client.track('a', { properties: { plan: 'pro' } })
  void client.track('b', { properties: { span_id: 'own' } })
  await client.close()
  expect(given.map(({ properties }) => properties)).toEqual([
    { trace_id: trace.traceId, span_id: trace.spanId, plan: 'pro' },
    { trace_id: trace.traceId, span_id: 'own' },
  ])
})

test('ids and times are made at the call, and those that are given are kept', async () => {
  const given: TrackedEvent[] = []
  const client = alone({ onGivenUp: (back) => given.push(back) })
  const own = { eventId: '01890a5d-ac96-774b-bcce-b302099a8057', eventTime: new Date(1_700_000_000_000) }
  void client.track({ ...event, ...own })
  void client.pageView('https://example.com/a', { page: { title: 'A' } })
  await client.close()
  expect(given[0]).toMatchObject({ eventId: own.eventId, eventTime: '2023-11-14T22:13:20Z' })
  expect(given[1]).toMatchObject({ page: { url: 'https://example.com/a', title: 'A' }, pageView: {} })
  expect(given[1]!.eventId).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})

const misused: [string, Partial<ClientOptions>][] = [
  ['address', { address: 'http://127.0.0.1:50051' }],
  ['address', { transport: 'connect', address: '127.0.0.1:8080' }],
  ['key', { key: '' }],
  ['key', { key: 'a b' }],
  ['transport', { transport: 'carrier pigeon' as 'grpc' }],
  ['batchEvents', { batchEvents: 1_001 }],
  ['batchBytes', { batchBytes: 4 * 1024 * 1024 }],
  ['maxWaitingEvents', { maxWaitingEvents: 0 }],
  ['maxWaitingBytes', { maxWaitingBytes: Number.NaN }],
  ['whenFull', { whenFull: 'wait' as 'block' }],
  ['giveUpAfterMs', { giveUpAfterMs: '5' as unknown as number }],
]
test.each(misused)('a wrong %s is a TypeError at once, and the key is not in its text', (name, options) => {
  const make = () => createClient({ address: nobody, key, ...options })
  expect(make).toThrow(TypeError)
  expect(make).toThrow(new RegExp(`^${name} `))
  expect(make).not.toThrow(/secret-text/)
})
