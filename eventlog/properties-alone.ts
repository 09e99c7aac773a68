import type { JsonObject } from '@bufbuild/protobuf'
import { decodeEnvelope } from './record.ts'
import { unusual } from './unusual.ts'
import { putVarint, varintBytes } from './wire.ts'

/** Field 30 of EventEnvelope and field 10 of Event, both wire type 2. */
const eventTag = (30 << 3) | 2
const propertiesTag = (10 << 3) | 2

/**
 * Decodes a google.protobuf.Struct with the general decoder, in an envelope that holds nothing else, so that the same depth is
 * too deep as in the whole record. @throws unusual if that fails: in the whole record it might not, because that decoder
 * lets a message run past its end.
 */
export function decodeProperties(struct: Uint8Array): JsonObject {
  const eventBytes = 1 + varintBytes(struct.length) + struct.length
  const envelope = Buffer.allocUnsafe(2 + varintBytes(eventBytes) + eventBytes)
  let at = putVarint(envelope, eventTag, 0)
  at = putVarint(envelope, eventBytes, at)
  at = putVarint(envelope, propertiesTag, at)
  envelope.set(struct, putVarint(envelope, struct.length, at))
  const decoded = decodeEnvelope(envelope)
  const properties = decoded.ok ? decoded.envelope.event?.properties : undefined
  if (properties === undefined) throw unusual
  return properties
}
