import { toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { RecordEventsRequestSchema, StreamEventsRequestSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'

const lengthDelimited = (number: number): number => (number << 3) | WireType.LengthDelimited
const batchTag = (StreamEventsRequestSchema.field.batch.number << 3) | WireType.Varint
const streamTags = tagsOf(StreamEventsRequestSchema)
const requestTags = tagsOf(RecordEventsRequestSchema)

function tagsOf({ field }: typeof StreamEventsRequestSchema | typeof RecordEventsRequestSchema) {
  return { events: lengthDelimited(field.events.number), sentAt: lengthDelimited(field.sentAt.number) }
}

/** The wire bytes of an event: made once, sent as often as it takes. */
export const encodeEvent = (event: Event): Uint8Array => toBinary(EventSchema, event)

/**
 * The wire bytes of a StreamEventsRequest. A message is the concatenation of its fields, so the events go in as they were
 * encoded once: a resend costs a copy and no encoding.
 */
export function frameBatch(batch: number, events: readonly Uint8Array[], sentAtMs: number): Uint8Array {
  const writer = new BinaryWriter().uint32(batchTag).uint64(batch)
  for (const event of events) writer.uint32(streamTags.events).bytes(event)
  return writer.uint32(streamTags.sentAt).bytes(timeBytes(sentAtMs)).finish()
}

/** The wire bytes of a RecordEventsRequest, in the same way. */
export function frameRequest(events: readonly Uint8Array[], sentAtMs: number): Uint8Array {
  const writer = new BinaryWriter()
  for (const event of events) writer.uint32(requestTags.events).bytes(event)
  return writer.uint32(requestTags.sentAt).bytes(timeBytes(sentAtMs)).finish()
}

function timeBytes(ms: number): Uint8Array {
  const seconds = Math.floor(ms / 1000)
  const writer = new BinaryWriter().uint32((1 << 3) | WireType.Varint).int64(seconds)
  return writer
    .uint32((2 << 3) | WireType.Varint)
    .int32(Math.round((ms - seconds * 1000) * 1e6))
    .finish()
}
