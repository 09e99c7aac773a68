import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { mixedEvents } from '../../test/support/log-events.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import {
  appendEvents,
  startTestWorker,
  storedToTheEnd,
  testThreads,
  workerGround,
  workerLogger,
} from '../../test/support/worker.ts'
import { startJobs } from './jobs.ts'
import { makePartitions } from './partitions.ts'
import { pruneSalts, pruneVisitorStates } from './prune.ts'
import { trimLog } from './trim-log.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())

test('two workers make the same partitions at once without disturbing each other', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  const partitions = () => db.query(`select 1 from pg_inherits where inhparent = 'stored_events'::regclass`)
  const before = await partitions()
  await db.query(`
    do $$ declare made text; begin
      for made in select inhrelid::regclass from pg_inherits
        where inhparent = 'stored_events'::regclass and inhrelid <> 'user_events_default'::regclass loop
        execute 'drop table ' || made;
      end loop;
    end $$`)
  const created = await Promise.all([makePartitions.run(db), makePartitions.run(db)])
  expect(created.map((did) => did.created).sort((a, b) => a! - b!)).toEqual([0, before.length - 1])
  expect(await partitions()).toHaveLength(before.length)
})

test('visitors not seen for three days and salts of two days ago are forgotten, later ones are kept', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await db.query(`insert into visitor_state (company_id, site_id, visitor_id, spans, updated_at)
    select 1, 1, 'v' || n, '[]', now() - n * interval '1 day' from generate_series(0, 9) n`)
  await db.query(`insert into visitor_salt (day, salt)
    select (now() at time zone 'UTC')::date - n, '\\x00' from generate_series(0, 9) n`)
  expect(await pruneVisitorStates.run(db)).toEqual({ deleted: 7 })
  expect(await pruneSalts.run(db)).toEqual({ deleted: 8 })
  const kept = await db.query<{ visitor_id: string }>('select visitor_id from visitor_state order by 1')
  expect(kept.map((row) => row.visitor_id)).toEqual(['v0', 'v1', 'v2'])
})

test('old records of the log are deleted, but never unread ones nor the last stored one', async () => {
  await using on = await workerGround(threads)
  const dayMs = 24 * 3_600_000
  const received = (daysAgo: number) =>
    mixedEvents(60).map((event) => ({ ...event, sessionId: 's', receivedMs: Date.now() - daysAgo * dayMs }))
  await appendEvents(on.log, [...received(20), ...received(3)])
  const old = received(20).length
  const job = trimLog(on.log)
  expect(await job.run(on.db)).toEqual({ trimmed: 0 })
  {
    await using _worker = await startTestWorker(on)
    await storedToTheEnd(on.db, on.log)
  }
  expect(await job.run(on.db)).toEqual({ trimmed: old })
  expect(await trimLog(on.log, 0).run(on.db)).toEqual({ trimmed: old - 1 })
  const { low, high } = (await on.log.watermarks()).find((bounds) => bounds.high > 0)!
  expect(high - low).toBe(1)
  await using _worker = await startTestWorker(on)
  await appendEvents(on.log, mixedEvents(50))
  await storedToTheEnd(on.db, on.log)
})

test('a job that fails comes again and does not stop the others', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  let failed = 0
  let done = 0
  const failing = { name: 'failing', everyMs: 20, run: () => Promise.reject(new Error(`made up ${++failed}`)) }
  const working = { name: 'working', everyMs: 20, run: async () => ({ done: ++done }) }
  {
    await using _jobs = startJobs([failing, working], db, workerLogger)
    while (failed < 3 || done < 3) await sleep(10)
  }
  const [failedThen, doneThen] = [failed, done]
  await sleep(100)
  expect([failed, done]).toEqual([failedThen, doneThen])
})
