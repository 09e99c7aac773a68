import type { ProducerBatch, RecordMetadata } from 'kafkajs'
import { type PartitionWrite, unknown } from './accumulator.ts'
import type { Appended } from './eventlog.ts'
import { encodeBatch } from './kafka-batch.ts'
import { batchMessage } from './kafka-produce.ts'

/** `Producer.sendBatch` of kafkajs. */
export type SendBatch = (batch: ProducerBatch) => Promise<readonly RecordMetadata[]>

/** How long the leader may wait for its replicas. */
const replicasTimeoutMs = 4_000

/** Answers of the writes in their order, each with one answer a record. */
type Answers = readonly (readonly Appended[])[]

/**
 * Writes to Kafka through kafkajs, and believes nothing but the answer: its `send` also resolves when it has left a
 * partition out (a leader moved meanwhile), and a send that was rejected may have been written. Both are `unknown`.
 */
export async function writeToKafka(
  send: SendBatch,
  topic: string,
  writes: readonly PartitionWrite[],
): Promise<Answers> {
  let metadata: readonly RecordMetadata[]
  try {
    const nowMs = Date.now()
    const messages = writes.map(({ partition, records }) => batchMessage(partition, encodeBatch(records, nowMs)))
    metadata = await send({ acks: -1, timeout: replicasTimeoutMs, topicMessages: [{ topic, messages }] })
  } catch (error) {
    if (isTooLarge(error)) return bisect(send, topic, writes)
    const cause = `the send failed: ${error instanceof Error ? error.message : String(error)}`
    return writes.map(({ records }) => records.map(() => unknown(cause)))
  }
  return writes.map((write) => answersOf(write, topic, metadata))
}

/** Kafka numbers the records of a batch from its base offset on. */
function answersOf(write: PartitionWrite, topic: string, metadata: readonly RecordMetadata[]): readonly Appended[] {
  const { partition, records } = write
  const answer = metadata.find((found) => found.topicName === topic && found.partition === partition)
  const base = Number(answer?.baseOffset ?? -1)
  if (answer?.errorCode !== 0 || !Number.isSafeInteger(base) || base < 0) {
    const cause = answer
      ? `the broker answered error ${answer.errorCode}`
      : 'the broker did not answer for its partition'
    return records.map(() => unknown(cause))
  }
  return records.map((_, index) => ({ status: 'written', partition, offset: base + index }))
}

/** The topic takes less than we send at once: halve until it fits. What was written already counts as a resend. */
async function bisect(send: SendBatch, topic: string, writes: readonly PartitionWrite[]): Promise<Answers> {
  const answers: (readonly Appended[])[] = []
  for (const write of writes) {
    if (writes.length > 1) {
      answers.push(...(await writeToKafka(send, topic, [write])))
    } else if (write.records.length > 1) {
      const middle = write.records.length >> 1
      const halves = [write.records.slice(0, middle), write.records.slice(middle)]
      const parts: Appended[] = []
      for (const records of halves) {
        parts.push(...(await writeToKafka(send, topic, [{ partition: write.partition, records }])).flat())
      }
      answers.push(parts)
    } else {
      answers.push([unknown('the record is larger than the topic takes: raise its max.message.bytes to 2 MiB')])
    }
  }
  return answers
}

function isTooLarge(error: unknown): boolean {
  const { type, cause } = error as { type?: string; cause?: unknown }
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return true
  return cause instanceof Error && cause !== error && isTooLarge(cause)
}
