import type { Kafka, KafkaMessage } from 'kafkajs'
import type { LogRecord } from './eventlog.ts'
import { recordsIn } from './kafka-fetch.ts'
import { kafkajsInternal } from './kafka-timers.ts'

/** What is used of kafkajs's own view of the cluster. */
interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>
  findBroker(which: { nodeId: string }): Promise<{ fetch(request: object): Promise<FetchResponse> }>
}

interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[] }[]
}

type FetchedMessage = KafkaMessage & { readonly isControlRecord?: boolean }

/** Reads parts of partitions without a consumer group: nothing to join, nothing left behind on the brokers. */
export interface Scanner extends AsyncDisposable {
  /** One chunk of records from this offset on, ascending; `next` is where the following chunk begins. */
  fetch(partition: number, from: number): Promise<{ records: readonly LogRecord[]; next: number }>
}

const chunkBytes = 4 * 1024 * 1024

/** A scanner of the topic. Connects with the first fetch, and anew after a failure, which the caller gets. */
export function createScanner(kafka: Kafka, topic: string): Scanner {
  let cluster: Promise<Cluster> | undefined
  const drop = async (): Promise<void> => {
    const dropped = cluster
    cluster = undefined
    await dropped?.then((open) => open.disconnect()).catch(() => undefined)
  }
  return {
    async fetch(partition, from) {
      cluster ??= connectCluster(kafka, topic)
      try {
        return await fetchChunk(await cluster, { topic, partition, from })
      } catch (error) {
        await drop()
        throw new Error(`partition ${partition} of ${topic} cannot be read from offset ${from}`, { cause: error })
      }
    },
    [Symbol.asyncDispose]: drop,
  }
}

/** kafkajs has no public way to fetch without a group; its own consumers are made from a cluster like this one. */
async function connectCluster(kafka: Kafka, topic: string): Promise<Cluster> {
  kafkajsInternal('index')
  const key = Object.getOwnPropertySymbols(kafka).find((found) => found.description === 'private:Kafka:createCluster')
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[key!]!
  const cluster = create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false })
  await cluster.connect()
  await cluster.addTargetTopic(topic)
  return cluster
}

async function fetchChunk(cluster: Cluster, at: { topic: string; partition: number; from: number }) {
  await cluster.refreshMetadataIfNecessary()
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(at.topic, [at.partition]))
  if (nodeId === undefined) throw new Error('the partition has no leader')
  const broker = await cluster.findBroker({ nodeId })
  const { responses } = await broker.fetch({
    maxWaitTime: 250,
    minBytes: 1,
    maxBytes: chunkBytes,
    // 0 = read uncommitted: nobody writes in transactions here.
    isolationLevel: 0,
    topics: [
      { topic: at.topic, partitions: [{ partition: at.partition, fetchOffset: at.from, maxBytes: chunkBytes }] },
    ],
  })
  const messages = responses[0]?.partitions[0]?.messages ?? []
  const last = messages.at(-1)
  return {
    // A broker answers whole batches, which may begin before the offset that was asked for.
    records: messages.filter((message) => !message.isControlRecord).flatMap((message) => recordsIn(message, at.from)),
    next: last ? Number(last.offset) + 1 : at.from,
  }
}
