import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { Accumulator } from './accumulator.ts'
import type { EventLog, LogRecord, Watermarks } from './eventlog.ts'
import { Health } from './health.ts'
import { writeToKafka } from './kafka-append.ts'
import { createClient, type KafkaConnection } from './kafka-client.ts'
import { KafkaReader } from './kafka-reader.ts'
import { Renewed } from './kafka-renewed.ts'
import { createScanner, type Scanner } from './kafka-scan.ts'
import { checkPartitions, ensureTopic, type TopicSpec } from './topic.ts'

const closeTimeoutMs = 10_000

/** How to open the log on Kafka. */
export interface KafkaLogOptions extends KafkaConnection, TopicSpec {}

/**
 * Opens the log on Kafka; creates the topic if it is missing.
 * @throws if no broker answers within seconds, or the topic has another number of partitions.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { topic, partitions } = options
  const kafka = createClient(options)
  const admin = new Renewed(() => kafka.admin({ retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 500 } }))
  const producer = new Renewed(() => createProducer(kafka))
  try {
    await admin.use((client) => ensureTopic(client, options))
    await producer.use(async () => undefined)
  } catch (error) {
    await Promise.all([admin.close(), producer.close()])
    throw error
  }
  const accumulator = new Accumulator({
    partitions,
    write: (writes) => writeToKafka((batch) => producer.use((client) => client.sendBatch(batch)), topic, writes),
    writesInFlight: 4,
    maxWriteBytes: 1024 * 1024,
    maxWriteRecords: 2_000,
    // Brokers close the connection on a request above 100 MiB (socket.request.max.bytes).
    maxRequestBytes: 16 * 1024 * 1024,
    maxHeldBytes: 128 * 1024 * 1024,
  })
  const watermarks = (): Promise<readonly Watermarks[]> => admin.use((client) => fetchWatermarks(client, options))
  const health = new Health(async () => void (await watermarks()))
  const scanner = createScanner(kafka, topic)
  const readers = new Set<KafkaReader>()

  return {
    topic,
    partitions,
    append: (records, { deadlineMs }) => health.watch(accumulator.append(records, deadlineMs)),
    watermarks,
    scan: (range) => scan(scanner, watermarks, range),
    async openReader(handlers) {
      const deleteGroup = (groupId: string) => admin.use(async (client) => void (await client.deleteGroups([groupId])))
      const reader = await KafkaReader.open({ connection: options, topic, partitions, handlers, deleteGroup })
      readers.add(reader)
      return reader
    },
    health: () => health.state(accumulator.oldestWriteMs),
    async [Symbol.asyncDispose]() {
      // While the brokers are down, kafkajs would try on for half a minute; those who wait have their answers by then.
      await Promise.race([accumulator.close(), sleep(closeTimeoutMs, undefined, { ref: false })])
      health.close()
      for (const reader of readers) await reader[Symbol.asyncDispose]()
      await Promise.allSettled([producer.close(), scanner[Symbol.asyncDispose](), admin.close()])
    },
  }
}

function createProducer(kafka: Kafka): Producer {
  return kafka.producer({
    allowAutoTopicCreation: false,
    // With two sends in flight and one lost reply, the idempotent producer of kafkajs acknowledges an event that was
    // never written. Duplicates are removed by Postgres.
    idempotent: false,
    metadataMaxAge: 30_000,
    // Long enough for the election of a leader (2.5 s); when a broker hangs, each try costs a whole request timeout.
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition!,
  })
}

async function fetchWatermarks(admin: Admin, spec: TopicSpec): Promise<readonly Watermarks[]> {
  const offsets = await admin.fetchTopicOffsets(spec.topic)
  checkPartitions(spec, offsets.length)
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition)
}

async function* scan(
  scanner: Scanner,
  watermarks: () => Promise<readonly Watermarks[]>,
  range: { partition: number; from: number; to: number },
): AsyncIterable<readonly LogRecord[]> {
  const bounds = (await watermarks())[range.partition]
  if (!bounds) throw new RangeError(`there is no partition ${range.partition}`)
  const to = Math.min(range.to, bounds.high)
  for (let from = Math.max(range.from, bounds.low); from < to; ) {
    const { records, next } = await scanner.fetch(range.partition, from)
    // Nothing came though more is there: a record of the range was deleted meanwhile, or the leader is changing.
    if (next === from) throw new Error(`partition ${range.partition} did not answer for offset ${from}`)
    const inside = records.filter((record) => record.offset < to)
    if (inside.length > 0) yield inside
    from = next
  }
}
