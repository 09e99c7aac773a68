import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { idsOf, logRecord, mixedEvents } from '../../test/support/log-events.ts'
import { expectExactlyOnce } from '../../test/support/oracle.ts'
import {
  appendAll,
  appendEvents,
  startTestWorker,
  storedToTheEnd,
  testThreads,
  workerGround,
} from '../../test/support/worker.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())
const setUp = () => workerGround(threads)

test('events on the log are stored exactly once, with copies among them', async () => {
  await using on = await setUp()
  const sent = mixedEvents(500)
  await appendEvents(on.log, sent)
  await using _worker = await startTestWorker(on)
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
})

test('a worker goes on where another one stopped, and sessions of visitors go on too', async () => {
  await using on = await setUp()
  const sent = mixedEvents(600)
  {
    await using _first = await startTestWorker(on)
    await appendEvents(on.log, sent.slice(0, 300))
    await storedToTheEnd(on.db, on.log)
  }
  await using _second = await startTestWorker(on)
  await appendEvents(on.log, sent.slice(300))
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
  const visitors = await on.db.query(
    `select visitor_id from user_events where visitor_id in ('v0', 'v3') and session_id is null`,
  )
  expect(visitors).toEqual([])
})

test('workers that come and go at random fight for the partitions, and every event counts once', async () => {
  await using on = await setUp()
  const sent = mixedEvents(1_500, 5)
  let more = true
  const comeAndGo = async (): Promise<void> => {
    while (more) {
      await using _worker = await startTestWorker(on)
      await sleep(200 + Math.random() * 900)
    }
  }
  const workers = [comeAndGo(), comeAndGo()]
  for (let at = 0; at < sent.length; at += 50) {
    await appendEvents(on.log, sent.slice(at, at + 50))
    await sleep(50)
  }
  more = false
  await Promise.all(workers)
  await using _last = await startTestWorker(on)
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
})

test('connections cut at random lose and double nothing, whether the reply or the batch was lost', async () => {
  await using on = await setUp()
  const sent = mixedEvents(2_000, 5)
  await using worker = await startTestWorker(on)
  let cut = 0
  for (let at = 0; at < sent.length; at += 40) {
    await appendEvents(on.log, sent.slice(at, at + 40))
    await sleep(Math.random() * 40)
    const ended = await on.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'userflow write session' and random() < 0.4`,
    )
    cut += ended.length
  }
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
  expect(cut).toBeGreaterThan(10)
  expect(await worker.registry.getSingleMetricAsString('userflow_worker_takeovers_total')).toMatch(/total \d\d/)
})

test('garbage on the log becomes dead letters with its bytes, and the others are stored', async () => {
  await using on = await setUp()
  const sent = mixedEvents(100)
  const garbage = Buffer.from('not an envelope at all')
  const flipped = Buffer.from(logRecord(sent[0]!, on.log.partitions).value)
  flipped[10]! ^= 0xff
  const key = Buffer.from('1:x')
  await appendEvents(on.log, sent.slice(0, 50))
  await appendAll(on.log, [
    { partition: 0, key, value: garbage },
    { partition: 1, key, value: new Uint8Array() },
    { partition: 0, key, value: flipped },
  ])
  await appendEvents(on.log, sent.slice(50))
  await using _worker = await startTestWorker(on)
  await expectExactlyOnce({ ...on, ids: idsOf(sent), deadLetters: 3 })
  const letters = await on.db.query<{ payload: Buffer }>('select payload from dead_letters order by length(payload)')
  expect(letters.map(({ payload }) => payload)).toEqual([Buffer.alloc(0), garbage, flipped])
})

test('a busy partition is not stored in crumbs: single events that come every few ms gather', async () => {
  await using on = await setUp()
  const sent = mixedEvents(250, Number.POSITIVE_INFINITY)
  const startedMs = performance.now()
  await using worker = await startTestWorker(on)
  for (const event of sent) {
    await appendEvents(on.log, [event])
    await sleep(4)
  }
  await storedToTheEnd(on.db, on.log)
  const elapsedMs = performance.now() - startedMs
  const batches = await worker.registry.getSingleMetric('userflow_worker_batches_total')?.get()
  const stored = batches?.values.reduce((sum, { value }) => sum + value, 0)
  // A small batch begins 200 ms after the one before it in its partition, or later.
  expect(stored).toBeLessThanOrEqual(on.log.partitions * (elapsedMs / 200 + 1))
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
})

test('a Postgres too slow for a whole batch gets smaller ones until it goes through', async () => {
  await using on = await setUp()
  const sent = mixedEvents(400, Number.POSITIVE_INFINITY).map((event) => ({ ...event, sessionId: 'one' }))
  await appendEvents(on.log, sent)
  await on.db.query(`
    create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.004); return new; end $$;
    create trigger be_slow before insert on stored_events for each row execute function be_slow()`)
  await using worker = await startTestWorker({ ...on, queryTimeoutMs: 1_000 })
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
  expect(await worker.registry.getSingleMetricAsString('userflow_worker_batches_total')).toContain('failed')
})
