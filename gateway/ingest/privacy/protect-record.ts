import type { Key } from '../../keys.ts'
import { cutIp, protectionOf } from './protection.ts'
import { type FieldEdit, rewrite } from './rewrite.ts'

/** Numbers of the fields of userflow.v1.EventEnvelope that have edits; a test compares them with the proto. */
export const envelopeFieldNumbers = { ipAddress: 6, visitorId: 11, event: 30 }

/**
 * A sound record whose event was accepted before, as its site keeps events by now; the very same where nothing is to be taken
 * out. Its checksum is that of before. `sentVisitorId`: the event says its visitor, who then is the envelope's too.
 * @throws Malformed for bytes that are no envelope
 */
export function protectRecord(value: Buffer, key: Key, sentVisitorId: boolean): Buffer {
  const { editsWithIp, withoutVisitorId } = protectionOf(key)
  const edits: (FieldEdit | undefined)[] = []
  edits[envelopeFieldNumbers.ipAddress] = cutIp(key.privacy.ipMode)
  if (withoutVisitorId && sentVisitorId) edits[envelopeFieldNumbers.visitorId] = { kind: 'drop' }
  if (editsWithIp) edits[envelopeFieldNumbers.event] = { kind: 'message', edits: editsWithIp }
  return rewrite(value, edits)
}
