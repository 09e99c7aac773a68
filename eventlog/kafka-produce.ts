import type { Message } from 'kafkajs'
import { kafkajsInternal } from './kafka-timers.ts'

/** What kafkajs hands to the encoder of a produce request. */
interface ProduceArguments {
  readonly acks: number
  readonly timeout: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly Message[] }[]
  }[]
}

interface Encoder {
  writeInt16(value: number): Encoder
  writeInt32(value: number): Encoder
  writeString(value: string | null): Encoder
  writeBuffer(value: Buffer): Encoder
}

type Protocol = (which: { version: number }) => (given: ProduceArguments) => {
  request: { encode: () => Promise<Encoder> }
}

const batches = new WeakSet<Message>()
let patched = false

/**
 * A message that stands for a whole record batch of its partition. kafkajs then routes, sends and retries it as it is,
 * without an object, a copy and an encoder for every record of it (and without sorting the records into their partitions,
 * which it does in quadratic time).
 */
export function batchMessage(partition: number, batch: Buffer): Message {
  const message = { partition, value: batch }
  batches.add(message)
  return message
}

/** Teaches kafkajs to send such messages; others are encoded as before. Safe to call often. */
export function acceptBatches(): void {
  if (patched) return
  patched = true
  const { requests } = kafkajsInternal('protocol/requests') as { requests: { Produce: { protocol: Protocol } } }
  const original = requests.Produce.protocol
  requests.Produce.protocol = (which) => {
    const create = original(which)
    return (given) => {
      const made = create(given)
      if (which.version >= 3 && isPrepared(given)) made.request.encode = async () => encode(given)
      return made
    }
  }
}

const isPrepared = ({ topicData }: ProduceArguments): boolean =>
  topicData.every(({ partitions }) =>
    partitions.every(({ messages }) => messages.length === 1 && batches.has(messages[0]!)),
  )

/** Produce request of the versions 3 to 8: transactional id, acks, timeout, topics of partitions of record batches. */
function encode({ acks, timeout, topicData }: ProduceArguments): Encoder {
  const Encoder = kafkajsInternal('protocol/encoder') as new (initialBytes: number) => Encoder
  const parts = topicData.flatMap(({ partitions }) => partitions)
  const bytes = parts.reduce((sum, { messages }) => sum + (messages[0]!.value as Buffer).length + 8, 1_024)
  const encoder = new Encoder(bytes).writeString(null).writeInt16(acks).writeInt32(timeout).writeInt32(topicData.length)
  for (const { topic, partitions } of topicData) {
    encoder.writeString(topic).writeInt32(partitions.length)
    for (const { partition, messages } of partitions) {
      const batch = messages[0]!.value as Buffer
      encoder.writeInt32(partition).writeInt32(batch.length).writeBuffer(batch)
    }
  }
  return encoder
}
