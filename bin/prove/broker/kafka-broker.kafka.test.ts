import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { freshTopicName, kafkaBrokers } from '../../../test/support/kafka.ts'

test('the broker keeps what is sent, and makes no topic by accident', async () => {
  const kafka = new Kafka({ brokers: kafkaBrokers().split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const producer = kafka.producer({ allowAutoTopicCreation: true, retry: { retries: 1 } })
  await producer.connect()
  const topic = freshTopicName()
  await expect(producer.send({ topic, messages: [{ value: 'a' }] })).rejects.toThrow()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  await producer.send({ topic, messages: [{ value: 'a' }] })
  expect((await admin.fetchTopicOffsets(topic))[0]?.high).toBe('1')
  await producer.disconnect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
})
