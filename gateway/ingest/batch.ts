import { fromBinary, fromJson, type JsonValue } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { eventFromJson } from './event-from-json.ts'
import { limits } from './limits.ts'
import { type RawEvent, rawBytes } from './raw-event.ts'
import { RequestProblem } from './request-problem.ts'

/** A batch as it came in: 1 to 1,000 events, none judged yet. */
export interface RawBatch {
  readonly events: readonly RawEvent[]
  /** The request's sent_at in milliseconds since 1970, by the sender's clock. */
  readonly sentAtMs: number | undefined
  /** The sender's number of the batch; in streams only. */
  readonly batch?: bigint
}

/** The numbers of the request's fields; 0: it has no such field. */
interface RequestFields {
  readonly events: number
  readonly sentAt: number
  readonly batch: number
}

/**
 * Splits the bytes of a RecordEventsRequest into its events. They are slices of the same memory, neither copied nor decoded.
 * @throws RequestProblem for bytes that are no such request, for no event and for more than 1,000.
 */
export const splitRecordRequest = (bytes: Uint8Array): RawBatch => split(bytes, { events: 1, sentAt: 2, batch: 0 })

/** The same for a StreamEventsRequest. */
export const splitStreamRequest = (bytes: Uint8Array): RawBatch => split(bytes, { batch: 1, events: 2, sentAt: 3 })

/**
 * Takes the parsed JSON of a RecordEventsRequest. What is not readable as Event becomes a rejection of that event alone.
 * Keys of the request itself that are unknown are ignored; unknown keys of an event are not, as they would be lost.
 * @throws RequestProblem for anything but an object with a list of 1 to 1,000 events and a readable time.
 */
export function batchFromJson(json: unknown): RawBatch {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new RequestProblem('REQUEST_UNDECODABLE', 'The JSON is not an object with "events"')
  }
  const { events = null, sentAt, sent_at: sentAtSnake = null } = json as Record<string, unknown>
  if (events !== null && !Array.isArray(events)) {
    throw new RequestProblem('REQUEST_UNDECODABLE', '"events" is not a list')
  }
  checkCount(events?.length ?? 0)
  return { events: (events ?? []).map(eventFromJson), sentAtMs: timeFromJson(sentAt ?? sentAtSnake) }
}

function timeFromJson(json: unknown): number | undefined {
  if (json === null) return undefined
  try {
    return toMs(fromJson(TimestampSchema, json as JsonValue))
  } catch (error) {
    throw new RequestProblem('REQUEST_UNDECODABLE', '"sentAt" is not a time such as "2026-11-22T09:00:00Z"', {
      cause: error,
    })
  }
}

function split(bytes: Uint8Array, fields: RequestFields): RawBatch {
  try {
    const batch = scan(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), fields)
    checkCount(batch.events.length)
    return batch
  } catch (error) {
    if (error instanceof RequestProblem) throw error
    throw new RequestProblem('REQUEST_UNDECODABLE', 'The bytes are not this protobuf message', { cause: error })
  }
}

function scan(buffer: Buffer, fields: RequestFields): RawBatch {
  const reader = new BinaryReader(buffer)
  const events: RawEvent[] = []
  let sentAtMs: number | undefined
  let batch = 0n
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === fields.events && wireType === WireType.LengthDelimited) {
      const end = reader.uint32() + reader.pos
      if (end > buffer.length) throw new RangeError('an event runs past the end')
      events.push(rawBytes(buffer.subarray(reader.pos, end)))
      reader.pos = end
      if (events.length > limits.batchEvents) checkCount(events.length)
    } else if (field === fields.sentAt && wireType === WireType.LengthDelimited) {
      sentAtMs = toMs(fromBinary(TimestampSchema, reader.bytes()))
    } else if (field === fields.batch && wireType === WireType.Varint) {
      batch = BigInt(reader.uint64())
    } else if (field === fields.events || field === fields.sentAt || field === fields.batch) {
      throw new RangeError(`field ${field} has the wrong wire type`)
    } else {
      // A field of a later version of the contract.
      reader.skip(wireType, field)
    }
  }
  return fields.batch === 0 ? { events, sentAtMs } : { events, sentAtMs, batch }
}

function checkCount(events: number): void {
  if (events === 0) throw new RequestProblem('BATCH_EMPTY')
  if (events > limits.batchEvents) throw new RequestProblem('BATCH_TOO_MANY')
}

/** Milliseconds since 1970, however far away. */
const toMs = (time: Timestamp): number => Number(time.seconds) * 1_000 + Math.trunc(time.nanos / 1e6)
