import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { createRegistry } from '../../runtime/metrics.ts'
import { idsOf, mixedEvents } from '../../test/support/log-events.ts'
import { expectExactlyOnce } from '../../test/support/oracle.ts'
import {
  appendEvents,
  storedToTheEnd,
  testThreads,
  type WorkerGround,
  workerGround,
  workerLogger,
} from '../../test/support/worker.ts'
import { createWorkerFigures } from '../figures.ts'
import { processBatch } from '../pipeline.ts'
import { openWriteSession } from '../write/session.ts'
import { type Consumer, startConsumer } from './consumer.ts'
import { createIncidents } from './incidents.ts'
import { createTurns } from './turns.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())

/** A consumer that believes to be alone, and that is slow between reading and storing, as a frozen process is. */
async function startStubborn(on: WorkerGround, workerId: string): Promise<Consumer & { fenced(): Promise<number> }> {
  const figures = createWorkerFigures(createRegistry())
  const consumer = await startConsumer({
    ...on,
    workerId,
    figures,
    turns: createTurns(4),
    logger: workerLogger,
    patience: { checks: 3, checkEveryMs: 50 },
    leases: { renew: async () => [workerId], leave: async () => undefined },
    incidents: createIncidents({ db: on.db, topic: on.log.topic, figures, logger: workerLogger }),
    openSession: () =>
      openWriteSession({ url: on.url, applicationName: workerId, queryTimeoutMs: 5_000, logger: workerLogger }),
    process: async (session, batch) => {
      await sleep(Math.random() < 0.2 ? 600 : 0)
      return await processBatch(on.threads, session, batch)
    },
    onCrash: (error) => {
      throw error
    },
  })
  const fenced = async () => {
    const { values } = await figures.batches.get()
    return values.find(({ labels }) => labels.outcome === 'fenced')?.value ?? 0
  }
  return { fenced, [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose]() }
}

test('two workers that both believe they own everything fence each other and count nothing twice', async () => {
  await using on = await workerGround(threads)
  const sent = mixedEvents(2_000, 5)
  await using one = await startStubborn(on, 'one')
  await using two = await startStubborn(on, 'two')
  for (let at = 0; at < sent.length; at += 60) {
    await appendEvents(on.log, sent.slice(at, at + 60))
    await sleep(60)
  }
  await storedToTheEnd(on.db, on.log)
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
  expect((await one.fenced()) + (await two.fenced())).toBeGreaterThan(0)
  expect(await on.db.query('select * from ingest_incident')).toEqual([])
})
