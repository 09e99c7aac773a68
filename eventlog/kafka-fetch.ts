import type { KafkaMessage } from 'kafkajs'
import type { LogRecord } from './eventlog.ts'
import { isControl, lastOffsetOf, recordsOf, splitRecordSet } from './kafka-records.ts'
import { kafkajsInternal } from './kafka-timers.ts'

/** What kafkajs reads an answer with. */
interface Decoder {
  readInt16(): number
  readInt32(): number
  readInt64(): bigint
  readString(): string
  readBytes(bytes: number): Buffer
  canReadBytes(bytes: number): boolean
  readArray<T>(read: (decoder: Decoder) => T): T[]
  readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>
}

type NewDecoder = new (bytes: Buffer) => Decoder

type Protocol = (which: { version: number }) => (given: object) => {
  response: { decode: (bytes: Buffer) => Promise<object>; parse: unknown }
}

type DecodeMessages = (decoder: Decoder) => Promise<KafkaMessage[]>

/** The version of a fetch whose answers are read here; older ones are left to kafkajs. */
const knownVersion = 11
let patched = false

/** A whole record batch, for kafkajs a message like any other: it looks at the offset, and at nothing else. */
class FetchedBatch {
  readonly key = null
  readonly timestamp = ''
  readonly attributes = 0
  readonly offset: string
  readonly value: Buffer
  readonly isControlRecord: boolean

  constructor(batch: Buffer) {
    // Of its last record: who asks for a record within the batch gets it.
    this.offset = String(lastOffsetOf(batch))
    this.value = batch
    this.isControlRecord = isControl(batch)
  }
}

/** The records of a fetched message from this offset on. The log writes no record without key or value; a stranger may have. */
export function recordsIn(message: KafkaMessage, from: number): LogRecord[] {
  if (message instanceof FetchedBatch) return recordsOf(message.value, from)
  const { offset, key, value } = message
  return Number(offset) < from ? [] : [{ offset: Number(offset), key: key ?? nothing, value: value ?? nothing }]
}

const nothing = new Uint8Array(0)

/**
 * Has kafkajs hand over record batches as they came, one message each, for `recordsIn`. What is compressed or of an old format
 * it decodes itself, into messages of one record. Safe to call often.
 */
export function fetchBatches(): void {
  if (patched) return
  patched = true
  const { requests } = kafkajsInternal('protocol/requests') as { requests: { Fetch: { protocol: Protocol } } }
  const original = requests.Fetch.protocol
  requests.Fetch.protocol = (which) => {
    const create = original(which)
    if (which.version !== knownVersion) return create
    return (given) => {
      const made = create(given)
      return { ...made, response: { ...made.response, decode } }
    }
  }
}

/** The answer to a fetch of version 11, in the shape that kafkajs gives it. */
async function decode(bytes: Buffer): Promise<object> {
  const decoder = new (kafkajsInternal('protocol/decoder') as NewDecoder)(bytes)
  const clientSideThrottleTime = decoder.readInt32()
  const errorCode = decoder.readInt16()
  const sessionId = decoder.readInt32()
  const responses = await decoder.readArrayAsync(async () => ({
    topicName: decoder.readString(),
    partitions: await decoder.readArrayAsync(decodePartition),
  }))
  // Throttled by the client itself, as kafkajs has it.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses }
}

async function decodePartition(decoder: Decoder): Promise<object> {
  return {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray((one) => ({
      producerId: one.readInt64().toString(),
      firstOffset: one.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await decodeRecordSet(decoder),
  }
}

async function decodeRecordSet(decoder: Decoder): Promise<readonly object[]> {
  const length = decoder.readInt32()
  if (length <= 0 || !decoder.canReadBytes(length)) return []
  const set = decoder.readBytes(length)
  const batches = splitRecordSet(set)
  if (batches) return batches.map((batch) => new FetchedBatch(batch))
  const prefixed = Buffer.allocUnsafe(4 + length)
  prefixed.writeInt32BE(length)
  set.copy(prefixed, 4)
  const decodeMessages = kafkajsInternal('protocol/requests/fetch/v4/decodeMessages') as DecodeMessages
  return await decodeMessages(new (kafkajsInternal('protocol/decoder') as NewDecoder)(prefixed))
}
