import { type DescField, type DescOneof, fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { isFieldError } from '@bufbuild/protobuf/reflect'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { encodeEvent } from './encode/encode-event.ts'
import { repairText, safeJson, shapeOf } from './json-value.ts'
import { limits } from './limits.ts'
import { quote } from './quote.ts'
import { type RawEvent, rawBytes } from './raw-event.ts'
import { Rejection, undecodable } from './rejection.ts'

/** The event itself is the first level, its properties the second. */
const mostLevels = limits.propertyDepth + 1

/** Reads one event of parsed JSON by the proto3 mapping and puts it into protobuf form. Never throws. */
export function eventFromJson(json: unknown): RawEvent {
  const encoded = encodeEvent(json)
  if (encoded) return rawBytes(encoded)
  const shape = shapeOf(json, mostLevels)
  if (shape === 'too deep') {
    return unreadable(json, new Rejection(RejectReason.PROPERTIES_TOO_DEEP, 'properties'))
  }
  const broken = shape === 'broken text'
  try {
    const event = fromJson(EventSchema, (broken ? repairText(json) : json) as JsonValue)
    const bytes = toBinary(EventSchema, event)
    return rawBytes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), broken)
  } catch (error) {
    return unreadable(json, whyUnreadable(error))
  }
}

function unreadable(json: unknown, rejection: Rejection): RawEvent {
  const id = typeof json === 'object' && json !== null ? (json as { eventId?: unknown; event_id?: unknown }) : {}
  const seeming = id.eventId ?? id.event_id
  return {
    bytes: Buffer.from(safeJson(json)),
    textRepaired: false,
    unreadable: rejection,
    seemingId: typeof seeming === 'string' ? seeming : '',
  }
}

/** The decoder's complaint in our words: it tells the place, and for times and numbers the rule. */
function whyUnreadable(error: unknown): Rejection {
  const text = error instanceof Error ? error.message : String(error)
  if (text.includes('google.protobuf.Timestamp')) {
    return new Rejection(RejectReason.EVENT_TIME_OUT_OF_RANGE, 'event_time')
  }
  const cause = error instanceof Error ? error.cause : undefined
  const field = isFieldError(cause) ? pathOf(cause.field()) : ''
  if (isFieldError(cause) && text.endsWith('out of range')) {
    return new Rejection(RejectReason.NUMBER_OUT_OF_RANGE, field)
  }
  const what = text.replace(/^cannot decode .*? from JSON: /, '')
  return undecodable(field, `The JSON is no Event, because of ${quote(what)}`)
}

/** The field as a path, as far as the decoder tells: it names the message that has it, not the way there. */
function pathOf(field: DescField | DescOneof): string {
  const owner = field.parent.name
  if (owner === 'Event') return field.name
  return `${owner.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()}.${field.name}`
}
