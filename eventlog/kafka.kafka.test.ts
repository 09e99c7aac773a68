import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { startBroker } from '../bin/prove/broker/kafka-broker.ts'
import { createLogger } from '../runtime/logger.ts'
import { freshTopicName, kafkaBrokers } from '../test/support/kafka.ts'
import { Collector, numbered } from './collector.case.ts'
import { describeEventLog, type LogUnderTest } from './eventlog.case.ts'
import type { LogReader } from './eventlog.ts'
import { openKafkaLog } from './kafka.ts'

const logger = createLogger('test', 'silent')
const open = (brokers: string, topic: string, partitions = 4) =>
  openKafkaLog({ brokers: brokers.split(','), clientId: 'test', logger, topic, partitions })
const administer = (brokers: string) => new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()

async function setUp(): Promise<LogUnderTest> {
  const topic = freshTopicName()
  const admin = administer(kafkaBrokers())
  await admin.connect()
  return {
    open: (partitions) => open(kafkaBrokers(), topic, partitions),
    async trim(partition, below) {
      // Makes the client load the topic's metadata.
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(below) }] })
    },
    async [Symbol.asyncDispose]() {
      await admin.deleteTopics({ topics: [topic] })
      await admin.disconnect()
    },
  }
}

describeEventLog('the log on Kafka', setUp)

test('records that a stranger wrote, compressed, with headers or without a value, are read from any offset on', async () => {
  await using fixture = await setUp()
  await using log = await fixture.open()
  await log.append(numbered(0, 5), { deadlineMs: 10_000 })
  const kafka = new Kafka({ brokers: kafkaBrokers().split(','), logLevel: logLevel.NOTHING })
  const stranger = kafka.producer()
  await stranger.connect()
  const write = (compression: CompressionTypes, texts: readonly (string | null)[]) =>
    stranger.send({
      topic: log.topic,
      compression,
      messages: texts.map((value) => ({ partition: 0, value, headers: { origin: 'elsewhere' } })),
    })
  await write(CompressionTypes.GZIP, ['packed 5', 'packed 6', 'packed 7'])
  await write(CompressionTypes.None, ['plain 8', null])
  await stranger.disconnect()
  await log.append(numbered(0, 5, 10), { deadlineMs: 10_000 })
  const expected = [
    ...[0, 1, 2, 3, 4].map((at) => `0:${at}`),
    ...['packed 5', 'packed 6', 'packed 7', 'plain 8', ''],
    ...[10, 11, 12, 13, 14].map((at) => `0:${at}`),
  ]
  for (const from of [0, 3, 6, 9, 12]) {
    const scanned: string[] = []
    for await (const chunk of log.scan({ partition: 0, from, to: 15 })) {
      scanned.push(...chunk.map(({ offset, value }) => `${offset} ${Buffer.from(value)}`))
    }
    expect(scanned).toEqual(expected.map((text, at) => `${at} ${text}`).slice(from))
  }
  const seen = new Collector()
  await using reader = await log.openReader(seen.handlers)
  reader.start(0, 6)
  await seen.until(0, 9)
  expect(seen.texts(0)).toEqual(expected.slice(6))
})

test('leaves no consumer group behind', async () => {
  await using fixture = await setUp()
  const log = await fixture.open()
  const reader = await log.openReader(new Collector().handlers)
  await reader[Symbol.asyncDispose]()
  const admin = administer(kafkaBrokers())
  await admin.connect()
  const { groups } = await admin.listGroups()
  await admin.disconnect()
  await log[Symbol.asyncDispose]()
  expect(groups.filter((group) => group.groupId.startsWith(log.topic))).toEqual([])
})

test('when its group is joined anew every partition stops, and an owner that starts them again misses nothing', async () => {
  await using fixture = await setUp()
  await using log = await fixture.open()
  await log.append(numbered(0, 5), { deadlineMs: 10_000 })
  const seen = new Collector()
  let next = 0
  await using reader: LogReader = await log.openReader({
    async onBatch(batch) {
      await seen.handlers.onBatch(batch)
      next = batch.next
    },
    onPositionsLost(why) {
      seen.handlers.onPositionsLost(why)
      setTimeout(() => reader.start(0, next), 100)
    },
    onCrash: seen.handlers.onCrash,
  })
  reader.start(0, 0)
  await seen.until(0, 5)

  const intruder = await joinGroupOf(log.topic)
  await expect.poll(() => seen.lost.length, { timeout: 15_000 }).toBeGreaterThan(0)
  await intruder.disconnect()
  await log.append(numbered(0, 5, 5), { deadlineMs: 10_000 })
  await seen.until(0, 10)
  expect([...new Set(seen.texts(0))]).toEqual(Array.from({ length: 10 }, (_, at) => `0:${at}`))
  // Every batch came from a start of the owner, none from the beginning of the log.
  expect(seen.texts(0)).toHaveLength(10)
})

/** Another member in the reader's own group: the only way to make it join again without waiting for a time-out. */
async function joinGroupOf(topic: string) {
  const kafka = new Kafka({ brokers: kafkaBrokers().split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const { groups } = await admin.listGroups()
  await admin.disconnect()
  const { groupId } = groups.find((group) => group.groupId.startsWith(`${topic}.reader.`))!
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, rebalanceTimeout: 15_000 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic] })
  await consumer.run({ autoCommit: false, eachBatch: async () => undefined })
  return consumer
}

test('while the broker hangs or is down a record is unknown at its deadline; once it is up, the same log writes and reads', async () => {
  await using folder = await temporaryFolder()
  await using broker = await startBroker({ dataDir: folder.path, port: 0 })
  await using log = await open(broker.brokers, 'events')
  const seen = new Collector()
  await using reader = await log.openReader(seen.handlers)
  await log.append(numbered(0, 3), { deadlineMs: 10_000 })
  reader.start(0, 0)
  await seen.until(0, 3)

  await broker.kill('SIGSTOP')
  // Its threads stop one after the other: on a busy machine one still answered.
  await sleep(500)
  const hung = await log.append(numbered(1, 1), { deadlineMs: 500 })
  expect(hung.map((answer) => answer.status)).toEqual(['unknown'])
  await broker.kill('SIGCONT')
  const thawed = await log.append(numbered(1, 1), { deadlineMs: 10_000 })
  expect(thawed).toMatchObject([{ status: 'written', partition: 1 }])

  await broker.kill('SIGKILL')
  const begun = Date.now()
  const answers = await log.append(numbered(0, 2, 3), { deadlineMs: 1_000 })
  expect(answers.map((answer) => answer.status)).toEqual(['unknown', 'unknown'])
  expect(Date.now() - begun).toBeLessThan(3_000)
  expect(log.health()).toMatchObject({ up: false })
  await expect(log.watermarks()).rejects.toThrow()
  await expect.poll(() => seen.lost, { timeout: 10_000 }).not.toEqual([])

  await broker.restart()
  await expect.poll(() => log.health(), { timeout: 60_000 }).toEqual({ up: true })
  const after = await log.append(numbered(0, 1, 5), { deadlineMs: 10_000 })
  expect(after).toMatchObject([{ status: 'written', partition: 0 }])
  const bounds = await log.watermarks()
  expect(bounds[0]!.high).toBeGreaterThanOrEqual(4)
  // kafkajs may have given the old reader up; its process would end, and the next one reads on.
  await using next = await log.openReader(seen.handlers)
  next.start(0, bounds[0]!.high - 1)
  await seen.until(0, 4)
  expect(seen.texts(0).at(-1)).toBe('0:5')
}, 180_000)

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'userflow-broker-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
