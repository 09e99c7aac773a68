import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { freshTopicName, kafkaBrokers } from '../test/support/kafka.ts'
import { ensureTopic } from './topic.ts'

async function connectAdmin() {
  const admin = new Kafka({ brokers: kafkaBrokers().split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  return admin
}

test('a missing topic is created once, though two processes start together, with settings that keep what was accepted', async () => {
  const topic = freshTopicName()
  const [one, two] = await Promise.all([connectAdmin(), connectAdmin()])
  await Promise.all([ensureTopic(one, { topic, partitions: 6 }), ensureTopic(two, { topic, partitions: 6 })])
  const { topics } = await one.fetchTopicMetadata({ topics: [topic] })
  expect(topics[0]?.partitions).toHaveLength(6)

  const { resources } = await one.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  })
  const values = Object.fromEntries(resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]))
  expect(values).toMatchObject({
    'unclean.leader.election.enable': 'false',
    'cleanup.policy': 'delete',
    'retention.ms': String(7 * 24 * 60 * 60 * 1_000),
    'max.message.bytes': String(2 * 1024 * 1024),
    'min.insync.replicas': '1',
  })
  await one.deleteTopics({ topics: [topic] })
  await Promise.all([one.disconnect(), two.disconnect()])
})

test('a topic with another number of partitions is left as it is and refused', async () => {
  const topic = freshTopicName()
  const admin = await connectAdmin()
  await ensureTopic(admin, { topic, partitions: 2 })
  await expect(ensureTopic(admin, { topic, partitions: 3 })).rejects.toThrow(
    /has 2 partitions, but 3 are configured.*configure 2, or use a new topic/s,
  )
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
})
