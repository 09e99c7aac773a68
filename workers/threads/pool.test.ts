import { afterAll, expect, test } from 'vitest'
import { createLogger } from '../../runtime/logger.ts'
import { RecentCache } from '../enrich/recent-cache.ts'
import { digestRecords } from './digest-records.ts'
import { packRecords } from './packed-records.ts'
import { createThreads } from './pool.ts'
import { pageView, record } from './record.case.ts'

const threads = createThreads({ threads: 2, geoip: undefined, logger: createLogger('test', 'silent') })
afterAll(() => threads[Symbol.asyncDispose]())

const batches = Array.from({ length: 6 }, (_, batch) => {
  const records = Array.from({ length: 50 }, (_, index) => record(batch * 50 + index, { ...pageView, sessionId: '' }))
  return [...records, { offset: batch * 50 + 50, key: new Uint8Array(), value: new Uint8Array([batch]) }]
})

test('threads give what the same work gives in place, whichever of them does it', async () => {
  const tools = { lookup: () => undefined, agents: new RecentCache<never>(9), arrivals: new RecentCache<never>(9) }
  const digests = await Promise.all(batches.map((records) => threads.digest(0, records)))
  for (const [index, digest] of digests.entries()) {
    expect(digest).toEqual(digestRecords(packRecords(batches[index]!), tools))
  }
})

test('records stay usable after they were digested', async () => {
  const [records] = batches
  await threads.digest(0, records!)
  expect(records![0]!.value.byteLength).toBeGreaterThan(100)
})
