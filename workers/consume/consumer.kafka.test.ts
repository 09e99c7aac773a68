import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { type Broker, startBroker } from '../../bin/prove/broker/kafka-broker.ts'
import { openKafkaLog } from '../../eventlog/kafka.ts'
import { idsOf, type KnownEvent, logRecord, mixedEvents } from '../../test/support/log-events.ts'
import { expectExactlyOnce } from '../../test/support/oracle.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { startTestWorker, storedToTheEnd, testThreads, workerLogger } from '../../test/support/worker.ts'

/** A broker of its own, because it is killed, a log on it, a database, threads. */
async function setUp() {
  await using stack = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-kafka-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const broker: Broker = stack.use(await startBroker({ dataDir, port: 0 }))
  const { url } = stack.use(await freshDatabase())
  const db = stack.use(testDatabase(url, { maxConnections: 8 }))
  const threads = stack.use(testThreads())
  const log = stack.use(await openEvents(broker))
  const release = stack.move()
  return { url, db, threads, broker, log, [Symbol.asyncDispose]: () => release.disposeAsync() }
}

const openEvents = ({ brokers }: Broker) =>
  openKafkaLog({ brokers: [brokers], topic: 'events', partitions: 4, clientId: 'test', logger: workerLogger })

/** Sends as the gateway's client does: what is not known to be written is sent again. Resolves with how many were sent twice. */
async function sendUntilWritten(log: Awaited<ReturnType<typeof setUp>>['log'], events: readonly KnownEvent[]) {
  let resent = 0
  let left = events.map((event) => logRecord(event, log.partitions))
  for (const giveUpAt = Date.now() + 60_000; left.length > 0; ) {
    const answers = await log.append(left, { deadlineMs: 2_000 })
    left = left.filter((_, index) => answers[index]?.status !== 'written')
    resent += left.length
    if (Date.now() > giveUpAt) throw new Error(`${left.length} records could not be written`)
  }
  return resent
}

test('events on Kafka are stored exactly once while the broker is killed and workers come and go', async () => {
  await using on = await setUp()
  const sent = mixedEvents(3_000, 6)
  await using _worker = await startTestWorker(on)
  const sending = (async () => {
    let resent = 0
    for (let at = 0; at < sent.length; at += 100) {
      resent += await sendUntilWritten(on.log, sent.slice(at, at + 100))
      await sleep(100)
    }
    return resent
  })()
  await sleep(700)
  await on.broker.kill('SIGKILL')
  await sleep(500)
  await on.broker.restart()
  {
    await using _second = await startTestWorker(on)
    await sleep(1_500)
  }
  const resent = await sending
  await storedToTheEnd(on.db, on.log, 45_000)
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
  expect(await on.db.query('select kind from ingest_incident')).toEqual([])
  expect(resent).toBeGreaterThan(0)
}, 120_000)

test('a topic made anew, with other records at the same offsets, stops instead of being read', async () => {
  await using on = await setUp()
  {
    await using _worker = await startTestWorker(on)
    await sendUntilWritten(on.log, mixedEvents(200))
    await storedToTheEnd(on.db, on.log)
  }
  const admin = new Kafka({ brokers: [on.broker.brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: ['events'] })
  await admin.disconnect()
  await using log = await openEvents(on.broker)
  await sendUntilWritten(log, mixedEvents(800))
  await using _worker = await startTestWorker({ ...on, log })
  for (const giveUpAt = Date.now() + 20_000; Date.now() < giveUpAt; await sleep(100)) {
    const stopped = await on.db.query(`select distinct partition from ingest_incident where kind = 'wrong_anchor'`)
    if (stopped.length === 4) break
  }
  const offsets = await on.db.query<{ n: number }>('select sum(next_offset)::int as n from ingest_partition')
  const stored = await on.db.query<{ n: number }>('select count(*)::int as n from user_events')
  expect([offsets, stored]).toEqual([[{ n: mixedEvents(200).length }], [{ n: 200 }]])
  expect(await on.db.query(`select distinct kind from ingest_incident`)).toEqual([{ kind: 'wrong_anchor' }])
}, 60_000)
