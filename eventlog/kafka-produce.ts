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

/** The growing buffer of kafkajs: its bytes are those of `buf` before `offset`. */
interface Encoder {
  buf: Buffer
  offset: number
  writeEncoder(inner: Encoder): Encoder
}

type NewEncoder = new (initialBytes: number) => Encoder

type Protocol = (which: { version: number }) => (given: ProduceArguments) => {
  request: { encode: () => Promise<Encoder> }
}

const batches = new WeakSet<Message>()
/** The memory at whose end the bytes of an encoder lie, with room before them. */
const memories = new WeakMap<Encoder, Buffer>()
/** Room for what kafkajs writes before a request: its length, API and version, number, and the name of the client. */
const roomBytes = 256
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
  putHeadersInFront()
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
  const memory = Buffer.allocUnsafeSlow(roomBytes + requestBytes(topicData))
  let at = memory.writeInt16BE(-1, roomBytes)
  at = memory.writeInt16BE(acks, at)
  at = memory.writeInt32BE(timeout, at)
  at = memory.writeInt32BE(topicData.length, at)
  for (const { topic, partitions } of topicData) {
    at = memory.writeInt16BE(Buffer.byteLength(topic), at)
    at += memory.write(topic, at)
    at = memory.writeInt32BE(partitions.length, at)
    for (const { partition, messages } of partitions) {
      const batch = batchOf(messages)
      at = memory.writeInt32BE(partition, at)
      at = memory.writeInt32BE(batch.length, at)
      at += batch.copy(memory, at)
    }
  }
  const encoder = new (kafkajsInternal('protocol/encoder') as NewEncoder)(1)
  encoder.buf = memory.subarray(roomBytes)
  encoder.offset = encoder.buf.length
  memories.set(encoder, memory)
  return encoder
}

const batchOf = (messages: readonly Message[]): Buffer => messages[0]!.value as Buffer

function requestBytes(topicData: ProduceArguments['topicData']): number {
  let bytes = 12
  for (const { topic, partitions } of topicData) {
    bytes += 6 + Buffer.byteLength(topic)
    for (const { messages } of partitions) bytes += 8 + batchOf(messages).length
  }
  return bytes
}

/**
 * kafkajs writes the two headers of a request by copying the whole request behind each, into memory of up to twice the
 * size. The requests encoded here have room in front, so that the headers go there and nothing is copied.
 */
function putHeadersInFront(): void {
  const { prototype } = kafkajsInternal('protocol/encoder') as NewEncoder & { prototype: Encoder }
  const { writeEncoder } = prototype
  prototype.writeEncoder = function (this: Encoder, inner) {
    const memory = memories.get(inner)
    const header = this.offset
    const begin = memory ? memory.length - inner.offset - header : -1
    if (!memory || begin < 0) return writeEncoder.call(this, inner)
    this.buf.copy(memory, begin, 0, header)
    this.buf = memory.subarray(begin)
    this.offset = this.buf.length
    memories.set(this, memory)
    return this
  }
}
