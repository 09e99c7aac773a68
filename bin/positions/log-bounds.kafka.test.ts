import { expect, test } from 'vitest'
import { openKafkaLog } from '../../eventlog/kafka.ts'
import { createClient } from '../../eventlog/kafka-client.ts'
import { createLogger } from '../../runtime/logger.ts'
import { freshTopicName, kafkaBrokers } from '../../test/support/kafka.ts'
import { readBounds } from './log-bounds.ts'

const logger = createLogger('test', 'silent')

test('the bounds of a topic are read, and a topic that is not there is not made', async () => {
  const brokers = kafkaBrokers().split(',')
  const topic = freshTopicName()
  const place = { kafkaBrokers: brokers, topic, partitions: 2, logPath: '' }
  const client = createClient({ brokers, clientId: 'test', logger }).admin()
  await client.connect()
  try {
    await expect(readBounds(place, logger)).rejects.toThrow(/does not host|UNKNOWN_TOPIC/i)
    expect(await client.listTopics()).not.toContain(topic)
    await using log = await openKafkaLog({ brokers, topic, partitions: 2, clientId: 'test', logger })
    const record = { partition: 1, key: Buffer.from('k'), value: Buffer.from('v') }
    await log.append([record, record], { deadlineMs: 10_000 })
    const bounds = await readBounds(place, logger)
    expect([...bounds].sort((a, b) => a.partition - b.partition)).toEqual([
      { partition: 0, low: 0, high: 0 },
      { partition: 1, low: 0, high: 2 },
    ])
  } finally {
    await client.disconnect()
  }
})
