import { toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { StreamEventsRequestSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'

const numberOf = (field: keyof typeof StreamEventsRequestSchema.field): number =>
  StreamEventsRequestSchema.field[field].number

const tags = {
  batch: (numberOf('batch') << 3) | WireType.Varint,
  events: (numberOf('events') << 3) | WireType.LengthDelimited,
  sentAt: (numberOf('sentAt') << 3) | WireType.LengthDelimited,
}

/** The wire bytes of an event: made once, sent as often as it takes. */
export const encodeEvent = (event: Event): Uint8Array => toBinary(EventSchema, event)

/**
 * The wire bytes of a StreamEventsRequest. A message is the concatenation of its fields, so the events go in as they were
 * encoded once: a resend costs a copy and no encoding.
 */
export function frameBatch(batch: number, events: readonly Uint8Array[], sentAtMs: number): Uint8Array {
  const writer = new BinaryWriter().uint32(tags.batch).uint64(batch)
  for (const event of events) writer.uint32(tags.events).bytes(event)
  const seconds = Math.floor(sentAtMs / 1000)
  const time = new BinaryWriter().uint32((1 << 3) | WireType.Varint).int64(seconds)
  time.uint32((2 << 3) | WireType.Varint).int32(Math.round((sentAtMs - seconds * 1000) * 1e6))
  return writer.uint32(tags.sentAt).bytes(time.finish()).finish()
}
