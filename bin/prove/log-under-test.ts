import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { openKafkaLog } from '../../eventlog/kafka.ts'
import type { TopicSpec } from '../../eventlog/topic.ts'
import type { Env } from '../../runtime/env.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type Broker, startBroker } from './broker/kafka-broker.ts'

/** Which log a proof runs on. */
export type LogKind = 'kafka' | 'embedded'

/** The log of a system under test, with what faults do to it. */
export interface LogUnderTest extends AsyncDisposable {
  readonly kind: LogKind
  /** The harness' own opening of it. */
  readonly log: EventLog
  /** Variables that lead gateway and worker to it. */
  readonly env: Env
  /** Absent on the embedded log, and where a running broker is used. */
  readonly broker: Broker | undefined
  /** Deletes records with offset < below, as retention does. */
  deleteBelow(partition: number, below: number): Promise<void>
  /** Replaces it by an empty one of the same name. */
  makeAnew(): Promise<void>
}

/** Where to open it. `brokers`: a broker that runs already and no fault may kill; absent: one of its own. */
interface Place {
  readonly folder: string
  readonly brokers: string | undefined
  readonly partitions: number
  readonly logger: Logger
}

/** A name no other system on the same broker has. */
const freshTopic = (): string => `proof.${randomBytes(6).toString('hex')}`

/** Opens the log of that kind; a Kafka broker is started for it. */
export const openLogUnderTest = (kind: LogKind, place: Place): Promise<LogUnderTest> =>
  kind === 'kafka' ? openOnKafka(place) : openOnFile(place)

async function openOnFile({ folder, partitions }: Place): Promise<LogUnderTest> {
  const topic = freshTopic()
  const path = join(folder, 'log', 'events.sqlite')
  const log = await openEmbeddedLog({ path, topic, partitions })
  return {
    kind: 'embedded',
    log,
    env: { KAFKA_TOPIC: topic, KAFKA_PARTITIONS: String(partitions) },
    broker: undefined,
    deleteBelow: (partition, below) => log.trim(partition, below),
    async makeAnew() {
      // What a restored backup or a deleted file looks like to processes that go on with it.
      using file = new DatabaseSync(path, { timeout: 10_000 })
      file.exec('begin immediate; delete from records; update bounds set low = 0, next = 0; commit')
    },
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  }
}

async function openOnKafka({ folder, partitions, logger, ...given }: Place): Promise<LogUnderTest> {
  const topic = freshTopic()
  await using stack = new AsyncDisposableStack()
  const broker = given.brokers ? undefined : stack.use(await startBroker({ dataDir: join(folder, 'kafka'), port: 0 }))
  const address = given.brokers ?? broker?.brokers ?? ''
  const brokers = address.split(',')
  const log = stack.use(await openKafkaLog({ brokers, topic, partitions, clientId: 'prove', logger }))
  const kafka = new Kafka({ brokers, clientId: 'prove-admin', logLevel: logLevel.NOTHING })
  const kept = stack.move()
  return {
    kind: 'kafka',
    log,
    env: { KAFKA_TOPIC: topic, KAFKA_PARTITIONS: String(partitions), KAFKA_BROKERS: address },
    broker,
    deleteBelow: (partition, below) =>
      asAdmin(kafka, async (admin) => {
        // kafkajs does not look for a topic's leaders before it deletes, only before it asks for offsets.
        await admin.fetchTopicOffsets(topic)
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(below) }] })
      }),
    makeAnew: () => asAdmin(kafka, (admin) => recreate(admin, { topic, partitions })),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function recreate(admin: Admin, { topic, partitions }: TopicSpec): Promise<void> {
  await admin.deleteTopics({ topics: [topic] })
  for (let tries = 0; tries < 50 && (await admin.listTopics()).includes(topic); tries++) await sleep(100)
  await admin.createTopics({
    topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
    waitForLeaders: false,
  })
  for (let tries = 0; tries < 50; tries++) {
    if (
      await admin.fetchTopicOffsets(topic).then(
        (found) => found.length === partitions,
        () => false,
      )
    )
      return
    await sleep(100)
  }
  throw new Error('the topic could not be made anew')
}

async function asAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}
