import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { sessionKey } from '../eventlog/record.ts'
import { createRegistry, type Registry } from '../runtime/metrics.ts'
import { mixedEvents } from '../test/support/log-events.ts'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import {
  appendAll,
  appendEvents,
  startTestWorker,
  storedToTheEnd,
  testThreads,
  workerGround,
} from '../test/support/worker.ts'
import { createWorkerFigures } from './figures.ts'
import { watchBalance } from './jobs/watch-balance.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())

/** The values of a figure by its labels, as `{"reason":"x"}: 1`. */
async function valuesOf(registry: Registry, name: string): Promise<Record<string, number>> {
  const figure = await registry.getSingleMetric(name)?.get()
  if (!figure) throw new Error(`there is no figure ${name}`)
  const all = figure.values as readonly { metricName?: string; labels: object; value: number }[]
  return Object.fromEntries(
    all
      .filter(({ metricName = name }) => metricName === name || metricName.endsWith('_count'))
      .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  )
}

test('a worker counts duplicates and dead letters by reason, and how long events took to become visible', async () => {
  await using on = await workerGround(threads)
  await using worker = await startTestWorker(on)
  await appendEvents(on.log, mixedEvents(70, 7))
  await appendAll(on.log, [{ partition: 0, key: sessionKey(1, 'k'), value: Buffer.from('garbage') }])
  await storedToTheEnd(on.db, on.log)
  const events = await valuesOf(worker.registry, 'userflow_worker_events_total')
  expect(events).toMatchObject({ stored: 70, duplicate: 10, dead_letter: 1 })
  expect(await valuesOf(worker.registry, 'userflow_worker_dead_letters_total')).toEqual({ RECORD_CORRUPT: 1 })
  const visible = await valuesOf(worker.registry, 'userflow_worker_visible_seconds')
  expect(visible.oldest).toBeGreaterThan(0)
  expect(visible.newest).toBe(visible.oldest)
  const incidents = await valuesOf(worker.registry, 'userflow_worker_incidents_total')
  expect(incidents).toMatchObject({ lost_range: 0, beyond_end: 0, batch_unstorable: 0 })
})

test('lag is measured by partition, and a log that does not answer is said to be down', async () => {
  await using on = await workerGround(threads)
  let down = false
  const watermarks = () => (down ? Promise.reject(new Error('made up')) : on.log.watermarks())
  await using worker = await startTestWorker({ ...on, log: { ...on.log, watermarks } })
  const up = async () => (await valuesOf(worker.registry, 'userflow_worker_log_up'))['']
  const becomes = async (value: number) => {
    for (let tries = 0; (await up()) !== value && tries < 100; tries++) await sleep(100)
    expect(await up()).toBe(value)
  }
  await becomes(1)
  for (let tries = 0; tries < 100; tries++) {
    if (Object.keys(await valuesOf(worker.registry, 'userflow_worker_lag_records')).length === 4) break
    await sleep(100)
  }
  expect(await valuesOf(worker.registry, 'userflow_worker_lag_records')).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0 })
  down = true
  await becomes(0)
  down = false
  await becomes(1)
})

test('a balance that is off is seen, by the day and by all time, and nothing that is off makes up for another', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  const registry = createRegistry()
  const jobs = watchBalance(createWorkerFigures(registry))
  const look = async () => {
    for (const job of jobs) await job.run(db)
    return await valuesOf(registry, 'userflow_worker_balance_difference')
  }
  expect(await look()).toEqual({ day: 0, all: 0 })
  await db.query(`insert into company (company_id, name) values (1, 'one')`)
  await db.query(`insert into ingest_balance (company_id, minute, shard, taken, stored) values
    (1, date_trunc('minute', now()), 0, 5, 4), (1, date_trunc('minute', now()), 1, 4, 5)`)
  expect(await look()).toEqual({ day: 2, all: 2 })
  await db.query(`insert into ingest_balance (company_id, minute, shard, taken, stored) values
    (1, date_trunc('minute', now()) - interval '1 hour', 0, 5, 3), (0, date_trunc('minute', now()), 0, 3, 5),
    (7, date_trunc('minute', now()) - interval '3 days', 0, 1, 0)`)
  expect(await look()).toEqual({ day: 6, all: 7 })
})
