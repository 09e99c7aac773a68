import { create } from '@bufbuild/protobuf'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OverviewRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { type RunningValkey, startValkey } from '../../test/support/valkey.ts'
import type { Reading } from '../analytics/answer.ts'
import { overview } from '../analytics/overview.ts'
import { fromMicros } from '../analytics/time.ts'
import { openWorld, type World } from '../analytics/world.case.ts'
import { openAnswerCache } from './open-answer-cache.ts'

let world: World
let valkey: RunningValkey
beforeAll(async () => {
  world = await openWorld()
  valkey = await startValkey()
}, 300_000)
afterAll(async () => {
  await valkey[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const period = { from: fromMicros(Date.UTC(2026, 10, 1) * 1e3), to: fromMicros(Date.UTC(2026, 11, 1) * 1e3) }

/** A gateway's questions, with a memory of its own and the shared cache. */
async function openGateway(url = valkey.url) {
  const registry = createRegistry()
  const logger = createLogger('test', 'silent')
  const cache = openAnswerCache({ answerCacheBytes: 1e6, answerCacheUrl: url }, { db: world.db, registry, logger })!
  const reading: Reading = { ...world.reading, cache }
  const figure = async (name: string, outcome?: string) => {
    const { values } = await registry.getSingleMetric(name)!.get()
    return values.find(({ labels }) => outcome === undefined || labels.outcome === outcome)?.value ?? 0
  }
  return {
    ask: async (companyId: number) =>
      (await overview(reading, create(OverviewRequestSchema, period), { companyId })).events,
    count: (outcome: string) => figure('userflow_answer_cache_total', outcome),
    failures: () => figure('userflow_answer_cache_failures_total'),
    [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose](),
  }
}
type TestedGateway = Awaited<ReturnType<typeof openGateway>>

const storeOne = (companyId: number) =>
  storeEvents(world.db, { events: [{ company_id: companyId, event_timestamp: '2026-11-10T10:00:00Z' }] })

/** Asks about a company of its own each time, until the shared cache has been asked and has answered. */
async function untilShared(one: TestedGateway, other: TestedGateway): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
    await one.ask(companyId)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await other.ask(companyId)
    if ((await other.count('shared')) > 0) return
  }
  throw new Error('no answer was shared')
}

test('what one gateway found another gives, until something is stored', async () => {
  await using one = await openGateway()
  await using other = await openGateway()
  await untilShared(one, other)
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  await one.ask(companyId)
  await storeOne(companyId)
  expect([await other.ask(companyId), await one.ask(companyId)]).toEqual([1, 1])
}, 300_000)

test('bytes of a stranger in the shared cache are no answer', async () => {
  await using one = await openGateway()
  await using other = await openGateway()
  await untilShared(one, other)
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  await storeOne(companyId)
  await one.ask(companyId)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const client = new Redis(valkey.url)
  const keys = await client.keys('userflow:answer:*')
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) await client.set(key, '[{"events":"999"}]')
  client.disconnect()
  const before = await other.count('asked')
  expect(await other.ask(companyId)).toBe(1)
  expect(await other.count('asked')).toBe(before + 1)
}, 300_000)

test('a cache that hangs, is killed or was never there fails no answer', async () => {
  const mortal = await startValkey()
  await using one = await openGateway(mortal.url)
  await using other = await openGateway(mortal.url)
  await untilShared(one, other)
  const companyId = await world.newCompany(['UTC', 'UTC', 'UTC'])
  mortal.freeze(true)
  expect(await one.ask(companyId)).toBe(0)
  expect(await one.failures()).toBeGreaterThan(0)
  await mortal[Symbol.asyncDispose]()
  await storeOne(companyId)
  expect(await one.ask(companyId)).toBe(1)
  await using alone = await openGateway('redis://127.0.0.1:1')
  expect(await alone.ask(companyId)).toBe(1)
}, 300_000)

test('while the cache rests after a failure it is not asked: a hanging one costs one question its time, not each', async () => {
  const mortal = await startValkey()
  await using one = await openGateway(mortal.url)
  await using other = await openGateway(mortal.url)
  await untilShared(one, other)
  mortal.freeze(true)
  for (let nth = 0; nth < 5; nth++) await one.ask(await world.newCompany(['UTC', 'UTC', 'UTC']))
  // One that was read, and one that was to be written at the same time.
  expect(await one.failures()).toBeLessThanOrEqual(2)
  await mortal[Symbol.asyncDispose]()
}, 300_000)
