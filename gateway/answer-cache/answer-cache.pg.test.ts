import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveRequestSchema, OverviewRequestSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { createRegistry, type Registry } from '../../runtime/metrics.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import type { Reading } from '../analytics/answer.ts'
import { live } from '../analytics/live.ts'
import { overview } from '../analytics/overview.ts'
import { fromMicros } from '../analytics/time.ts'
import { openWorld, periodRequest, someEvents, somePeriods, type World } from '../analytics/world.case.ts'
import { createTurns } from '../turns.ts'
import { type AnswerCache, createAnswerCache } from './answer-cache.ts'
import { createMemoryTier } from './memory-tier.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const newCompany = () => world.newCompany(['UTC', 'UTC', 'UTC'])
const period = { from: fromMicros(Date.UTC(2026, 10, 1) * 1e3), to: fromMicros(Date.UTC(2026, 11, 1) * 1e3) }

/** A reading with a cache of its own. */
function cached(): { reading: Reading; cache: AnswerCache; count: (outcome: string) => Promise<number> } {
  const registry = createRegistry()
  const memory = createMemoryTier({ mostBytes: 1e6, registry })
  const cache = createAnswerCache({ db: world.db, memory, registry })
  return { reading: { ...world.reading, cache }, cache, count: (outcome) => counted(registry, outcome) }
}

async function counted(registry: Registry, outcome: string): Promise<number> {
  const { values } = await registry.getSingleMetric('userflow_answer_cache_total')!.get()
  return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0
}

const visit = (companyId: number, more: object = {}) => ({
  events: [
    { company_id: companyId, event_timestamp: '2026-11-10T10:00:00Z', session_id: 's', visitor_id: 'v', ...more },
  ],
})

test('a question is answered again without Postgres, until something of the company is stored: late, or long over', async () => {
  const [companyId, other] = [await newCompany(), await newCompany()]
  const { reading, count } = cached()
  const ask = async () => (await overview(reading, create(OverviewRequestSchema, period), { companyId })).events
  expect([await ask(), await ask(), await ask()]).toEqual([0, 0, 0])
  expect([await count('asked'), await count('memory')]).toEqual([1, 2])
  await storeEvents(world.db, visit(other))
  expect(await ask()).toBe(0)
  expect(await count('memory')).toBe(3)
  await storeEvents(world.db, visit(companyId, { received_at: '2026-11-20T00:00:00Z' }))
  expect([await ask(), await ask()]).toEqual([1, 1])
  expect([await count('asked'), await count('memory')]).toEqual([2, 4])
})

test('duplicates change nothing, a changed setting of a site does', async () => {
  const companyId = await newCompany()
  const { reading, count } = cached()
  const event = visit(companyId, { event_id: '01890a5d-ac96-774b-bcce-b302099a8057' })
  await storeEvents(world.db, event)
  const ask = () => overview(reading, create(OverviewRequestSchema, period), { companyId })
  await ask()
  await storeEvents(world.db, event)
  await ask()
  expect([await count('asked'), await count('memory')]).toEqual([1, 1])
  await world.db.query("update site set time_zone = 'Asia/Tokyo' where company_id = $1 and site_id = 1", [companyId])
  await ask()
  expect(await count('asked')).toBe(2)
})

test('with a cache, every answer equals that without one, over random events of two companies stored bit by bit', async () => {
  await fc.assert(
    fc.asyncProperty(someEvents, somePeriods, async (events, periods) => {
      const companies = [await newCompany(), await newCompany()]
      const { reading } = cached()
      for (const part of [events.slice(0, 10), events.slice(10), events.slice(0, 3)]) {
        for (const companyId of companies) {
          for (const asked of periods) {
            const request = create(OverviewRequestSchema, periodRequest(asked))
            const [kept, fresh] = await Promise.all([
              overview(reading, request, { companyId }),
              overview(world.reading, request, { companyId }),
            ])
            expect(kept).toEqual(fresh)
          }
        }
        await world.storeAll(companies[0]!, part)
      }
    }),
    { numRuns: 5 },
  )
}, 300_000)

test('how complete an answer is, is of now and not of when it was kept', async () => {
  const companyId = await newCompany()
  let completeTo = 5_000_000
  const { cache } = cached()
  const progress = { ...world.reading.progress, completeTo: async () => completeTo }
  const reading = { ...world.reading, progress, cache }
  const ask = async () => (await overview(reading, create(OverviewRequestSchema, period), { companyId })).meta
  expect((await ask())?.completeTo).toMatchObject({ seconds: 5n })
  completeTo = 9_000_000
  expect((await ask())?.completeTo).toMatchObject({ seconds: 9n })
})

test('equal questions at the same time are one; a failure is nobody’s answer afterwards', async () => {
  const companyId = await newCompany()
  const { cache, count } = cached()
  const run = {
    statement: { name: 'x', version: 1, question: '', parameters: [], sql: 'select 1' },
    values: [],
    companyId,
    timeoutMs: 1,
  }
  const { promise, resolve, reject } = Promise.withResolvers<{ a: string }[]>()
  const all = [1, 2, 3].map(() => cache.rows(run, () => promise))
  await new Promise((next) => setTimeout(next, 50))
  reject(new Error('gone'))
  for (const one of all) await expect(one).rejects.toThrow('gone')
  resolve([])
  expect(await Promise.all([1, 2, 3].map(() => cache.rows(run, async () => [{ a: '1' }])))).toEqual(
    Array.from({ length: 3 }, () => [{ a: '1' }]),
  )
  expect([await count('asked'), (await count('joined')) + (await count('memory'))]).toEqual([1, 2])
})

test('what depends on the moment is never kept', async () => {
  const companyId = await newCompany()
  const { reading, count } = cached()
  for (let nth = 0; nth < 2; nth++) await live(reading, create(LiveRequestSchema, {}), { companyId })
  expect(await count('memory')).toBe(0)
  expect(await count('uncacheable')).toBeGreaterThanOrEqual(2)
})

test('a company asks so much at once, and beyond the queue it is told to come back; another company is not', async () => {
  const [companyId, other] = [await newCompany(), await newCompany()]
  const turns = createTurns({ atOnce: 1, mostWaiting: 1 })
  const reading = { ...world.reading, turns }
  const request = create(OverviewRequestSchema, period)
  const asked = await Promise.allSettled([1, 2, 3, 4].map(() => overview(reading, request, { companyId })))
  expect(asked.filter(({ status }) => status === 'fulfilled').length).toBe(2)
  const [refused] = asked.filter((one) => one.status === 'rejected')
  expect(refused?.reason).toMatchObject({ code: 'TOO_MANY_QUESTIONS' })
  await overview(reading, request, { companyId: other })
  await overview(reading, request, { companyId })
})
