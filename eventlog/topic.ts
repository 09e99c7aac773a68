import type { Admin } from 'kafkajs'
import { retry } from '../runtime/retry.ts'

/** A topic as it is configured. */
export interface TopicSpec {
  readonly topic: string
  readonly partitions: number
}

const dayMs = 24 * 60 * 60 * 1_000

/**
 * Creates the topic if it is missing, and checks its number of partitions.
 * @throws if the number differs from the configured one, with what to do about it.
 */
export async function ensureTopic(admin: Admin, spec: TopicSpec): Promise<void> {
  if (!(await admin.listTopics()).includes(spec.topic)) await createTopic(admin, spec)
  // The leaders of a new topic are elected before they know it themselves: a first send would be refused by some of them,
  // and be sent twice to the others. Asking for offsets asks each leader.
  const offsets = await retry(() => admin.fetchTopicOffsets(spec.topic), { attempts: 12, firstMs: 50, mostMs: 500 })
  checkPartitions(spec, offsets.length)
}

/** @throws if the topic does not have as many partitions as are configured. */
export function checkPartitions(spec: TopicSpec, found: number): void {
  if (found === spec.partitions) return
  throw new Error(
    `The topic "${spec.topic}" has ${found} partitions, but ${spec.partitions} are configured. ` +
      `Sessions would move between partitions: configure ${found}, or use a new topic.`,
  )
}

async function createTopic(admin: Admin, spec: TopicSpec): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const replicationFactor = Math.min(3, brokers.length)
  await admin.createTopics({
    topics: [
      {
        topic: spec.topic,
        numPartitions: spec.partitions,
        replicationFactor,
        configEntries: Object.entries(settings(replicationFactor)).map(([name, value]) => ({ name, value })),
      },
    ],
    // kafkajs waits in a way that fails on KRaft, where the topic is not known everywhere at once.
    waitForLeaders: false,
  })
}

/** With three replicas an acknowledged record survives the loss of any one broker, and a stale one never takes over. */
function settings(replicationFactor: number): Record<string, string> {
  return {
    'min.insync.replicas': String(replicationFactor >= 3 ? 2 : 1),
    'unclean.leader.election.enable': 'false',
    'cleanup.policy': 'delete',
    'retention.ms': String(7 * dayMs),
    // Writes are cut at 1 MiB a partition; the rest is room for one large record and the batch's own bytes.
    'max.message.bytes': String(2 * 1024 * 1024),
  }
}
