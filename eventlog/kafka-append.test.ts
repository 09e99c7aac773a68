import type { ProducerBatch } from 'kafkajs'
import { expect, test } from 'vitest'
import { type SendBatch, writeToKafka } from './kafka-append.ts'
import { kafkajsInternal } from './kafka-timers.ts'

const write = (partition: number, ...values: string[]) => ({
  partition,
  records: values.map((value) => ({ partition, key: Buffer.from('k'), value: Buffer.from(value) })),
})
const answer = (partition: number, base: number, errorCode = 0) => ({
  topicName: 't',
  partition,
  errorCode,
  baseOffset: String(base),
})

test('records are numbered from the base offset of their partition', async () => {
  const send: SendBatch = async () => [answer(1, 40), answer(0, 7)]
  expect(await writeToKafka(send, 't', [write(0, 'a', 'b'), write(1, 'c')])).toEqual([
    [
      { status: 'written', partition: 0, offset: 7 },
      { status: 'written', partition: 0, offset: 8 },
    ],
    [{ status: 'written', partition: 1, offset: 40 }],
  ])
})

test('a partition that the answer leaves out, or answers with an error or without an offset, is unknown', async () => {
  const send: SendBatch = async () => [
    answer(0, 7),
    answer(2, 5, 6),
    answer(3, -1),
    { ...answer(4, 1), topicName: 'x' },
  ]
  const writes = [write(0, 'a'), write(1, 'b'), write(2, 'c'), write(3, 'd'), write(4, 'e')]
  const answers = (await writeToKafka(send, 't', writes)).flat()
  expect(answers.map(({ status }) => status)).toEqual(['written', 'unknown', 'unknown', 'unknown', 'unknown'])
})

test('a send that was rejected may have been written: all of it is unknown', async () => {
  const send: SendBatch = () => Promise.reject(new Error('Request Produce timed out'))
  const answers = await writeToKafka(send, 't', [write(0, 'a'), write(1, 'b')])
  expect(answers.flat()).toEqual(
    ['a', 'b'].map(() => ({ status: 'unknown', cause: 'the send failed: Request Produce timed out' })),
  )
})

test('what is too large for the topic is halved until it fits; one record that never fits stays alone unknown', async () => {
  const log: string[] = []
  const send: SendBatch = async ({ topicMessages }) => {
    const values = await valuesOf(topicMessages![0]!.messages[0]!.value as Buffer)
    const tooLarge = Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' })
    if (values.join('').length > 4) throw new Error('wrapped', { cause: tooLarge })
    const base = log.length
    log.push(...values)
    return [answer(0, base)]
  }
  const answers = await writeToKafka(send, 't', [write(0, 'aa', 'bb', 'cc', 'gigantic', 'dd')])
  expect(answers.flat().map((each) => (each.status === 'written' ? log[each.offset] : 'unknown'))).toEqual([
    'aa',
    'bb',
    'cc',
    'unknown',
    'dd',
  ])
})

test('when a leader moves during a send, kafkajs 2.2.4 resolves without a partition: it is unknown, not written', async () => {
  const { send, sent } = sendOverMovingLeaders()
  const answers = await writeToKafka(send, 't', [write(0, 'for-0'), write(1, 'for-1')])
  // The hazard itself: should a later kafkajs write it, this line says that the answer has become unnecessary.
  expect(sent).toEqual([1])
  expect(answers[0]).toMatchObject([{ status: 'unknown' }])
})

/** kafkajs's own send over two brokers, of which the first has just handed partition 0 to the second. */
function sendOverMovingLeaders(): { send: SendBatch; sent: number[] } {
  const sent: number[] = []
  const leaders: Record<number, number> = { 0: 2, 1: 2 }
  let believed: Record<number, number> = { 0: 1, 1: 2 }
  type Sent = { topic: string; partitions: { partition: number }[] }
  const notLeader = Object.assign(new Error('NOT_LEADER'), {
    name: 'KafkaJSProtocolError',
    type: 'NOT_LEADER_FOR_PARTITION',
    retriable: true,
  })
  const broker = (nodeId: number) => ({
    nodeId,
    async produce({ topicData }: { topicData: Sent[] }) {
      const asked = topicData.flatMap(({ partitions }) => partitions)
      if (asked.some(({ partition }) => leaders[partition] !== nodeId)) throw notLeader
      sent.push(...asked.map(({ partition }) => partition))
      const partitions = asked.map(({ partition }) => ({ partition, errorCode: 0, baseOffset: '0' }))
      return { topics: [{ topicName: 't', partitions }] }
    },
  })
  const brokers: Record<number, ReturnType<typeof broker>> = { 1: broker(1), 2: broker(2) }
  const cluster = {
    async refreshMetadataIfNecessary() {},
    async refreshMetadata() {
      believed = { ...leaders }
    },
    isConnected: () => true,
    findTopicPartitionMetadata: () => [{ partitionId: 0 }, { partitionId: 1 }],
    findLeaderForPartitions: (_: string, partitions: string[]) =>
      Object.groupBy(partitions.map(Number), (partition) => String(believed[partition])),
    findBroker: async ({ nodeId }: { nodeId: number }) => brokers[nodeId],
    async addMultipleTargetTopics() {},
    removeBroker() {},
  }
  const eosManager = {
    async acquireBrokerLock() {},
    releaseBrokerLock() {},
    isTransactional: () => false,
    getSequence: () => 0,
    updateSequence() {},
    getProducerId: () => -1,
    getProducerEpoch: () => 0,
  }
  const logger = { debug() {}, error() {}, warn() {}, info() {} }
  const createRetry = kafkajsInternal('retry') as (options: object) => unknown
  const createSend = kafkajsInternal('producer/sendMessages') as (parts: object) => (batch: ProducerBatch) => unknown
  const partitioner = ({ message }: { message: { partition: number } }) => message.partition
  const retrier = createRetry({ retries: 5, initialRetryTime: 1 })
  const send = createSend({ logger, cluster, partitioner, eosManager, retrier })
  return { send: send as SendBatch, sent }
}

/** Values of the records of a batch, by the decoder of kafkajs. */
async function valuesOf(batch: Buffer): Promise<string[]> {
  const Decoder = kafkajsInternal('protocol/decoder') as new (buffer: Buffer) => object
  const decode = kafkajsInternal('protocol/recordBatch/v0/decoder') as (
    decoder: object,
  ) => Promise<{ records: { value: Buffer }[] }>
  const { records } = await decode(new Decoder(batch))
  return records.map(({ value }) => String(value))
}
