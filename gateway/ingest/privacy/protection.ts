import type { Key } from '../../keys.ts'
import { keptIp, normaliseIp } from '../ip-address.ts'
import type { RawEvent } from '../raw-event.ts'
import { Malformed } from '../validate/malformed.ts'
import { cutAddressBytes } from './cut-address.ts'
import { denyProperties } from './deny-properties.ts'
import { protectJson } from './protect-json.ts'
import { type FieldEdit, type MessageEdits, rewrite } from './rewrite.ts'
import { takesVisitorId } from './takes-visitor-id.ts'

/** What a site does not keep of its events, made ready once for each key that is read. */
export interface Protection {
  /** The visitor ids of events are neither used nor kept. */
  readonly withoutVisitorId: boolean
  /** What is taken out of every event; undefined: nothing. */
  readonly edits: MessageEdits | undefined
  /** The same where the event says the visitor's address, which is rarer: that is cut as the request's own is. */
  readonly editsWithIp: MessageEdits | undefined
  readonly key: Key
}

/** Numbers of the fields of userflow.v1.Event and its messages that have edits; a test compares them with the proto. */
export const fieldNumbers = {
  visitorId: 5,
  page: 7,
  device: 8,
  properties: 10,
  click: 21,
  formSubmit: 23,
  page_: { url: 1, referrer: 3 },
  device_: { ipAddress: 8 },
  click_: { targetUrl: 3 },
  formSubmit_: { targetUrl: 2 },
}

const known = new WeakMap<Key, Protection>()

/** The protection that the site of this key asks for. */
export function protectionOf(key: Key): Protection {
  let found = known.get(key)
  if (found === undefined) {
    found = makeProtection(key)
    known.set(key, found)
  }
  return found
}

/**
 * The event as the site keeps it; the very same where nothing is to be taken out. `mayHaveIp`: it says an address, or is
 * rejected and nobody knows. What cannot be read stays as it came: such an event is rejected and kept for its sender to see.
 */
export function protect(raw: RawEvent, protection: Protection, mayHaveIp: boolean): RawEvent {
  const edits = mayHaveIp ? protection.editsWithIp : protection.edits
  if (edits === undefined) return raw
  const bytes = raw.unreadable ? protectJson(raw.bytes, protection.key) : rewriteReadable(raw.bytes, edits)
  return bytes === raw.bytes ? raw : { ...raw, bytes }
}

function rewriteReadable(bytes: Buffer, edits: MessageEdits): Buffer {
  try {
    return rewrite(bytes, edits)
  } catch (error) {
    if (error instanceof Malformed) return bytes
    throw error
  }
}

function makeProtection(key: Key): Protection {
  const { ipMode } = key.privacy
  const edits = editsOf(key)
  const withIp = [...edits]
  if (ipMode !== 'full') {
    withIp[fieldNumbers.device] = message({ [fieldNumbers.device_.ipAddress]: cutIp(ipMode) })
  }
  const orNone = (made: MessageEdits): MessageEdits | undefined => (made.length === 0 ? undefined : made)
  const withoutVisitorId = !takesVisitorId(key)
  return { withoutVisitorId, edits: orNone(edits), editsWithIp: orNone(withIp), key }
}

function editsOf(key: Key): MessageEdits {
  const { queryParameters, deniedProperties } = key.privacy
  const edits: (FieldEdit | undefined)[] = []
  if (!takesVisitorId(key)) edits[fieldNumbers.visitorId] = { kind: 'drop' }
  if (deniedProperties.length > 0) edits[fieldNumbers.properties] = denyProperties(new Set(deniedProperties))
  if (queryParameters !== undefined) {
    const kept = new Set(queryParameters)
    const address = value((bytes, start, end) => cutAddressBytes(bytes, { start, end }, kept))
    const { page_, click_, formSubmit_ } = fieldNumbers
    edits[fieldNumbers.page] = message({ [page_.url]: address, [page_.referrer]: address })
    edits[fieldNumbers.click] = message({ [click_.targetUrl]: address })
    edits[fieldNumbers.formSubmit] = message({ [formSubmit_.targetUrl]: address })
  }
  return edits
}

const value = (replace: (bytes: Buffer, start: number, end: number) => Buffer | undefined): FieldEdit => ({
  kind: 'value',
  replace,
})

const message = (fields: Readonly<Record<number, FieldEdit>>): FieldEdit => {
  const edits: (FieldEdit | undefined)[] = []
  for (const [number, edit] of Object.entries(fields)) edits[Number(number)] = edit
  return { kind: 'message', edits }
}

/** Cuts an address as the site keeps addresses. What is none stays: it is why its event is rejected. */
export const cutIp = (ipMode: Key['privacy']['ipMode']): FieldEdit =>
  value((bytes, start, end) => {
    const sent = bytes.toString('utf8', start, end)
    const address = normaliseIp(sent)
    if (address === '') return undefined
    const kept = keptIp(address, ipMode)
    return kept === sent ? undefined : Buffer.from(kept)
  })
