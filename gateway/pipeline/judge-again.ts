import { createHash } from 'node:crypto'
import type { NewRecord } from '../../eventlog/eventlog.ts'
import { decodeRecord, eventBytesOf, markReplayed, partitionOf, sessionKey } from '../../eventlog/record.ts'
import { Door, type EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { orderKey } from '../ingest/envelope.ts'
import { eventFromJson } from '../ingest/event-from-json.ts'
import { eventIdOf, formatUuid, timeProblem } from '../ingest/identity.ts'
import { judge } from '../ingest/judge.ts'
import { limits } from '../ingest/limits.ts'
import { protectRecord } from '../ingest/privacy/protect-record.ts'
import { takesVisitorId } from '../ingest/privacy/takes-visitor-id.ts'
import { type RawEvent, rawBytes } from '../ingest/raw-event.ts'
import { Rejection, reasonName } from '../ingest/rejection.ts'
import type { EventScan } from '../ingest/validate/event-scan.ts'
import { Slot } from '../ingest/validate/fields.ts'
import { describeVisit } from '../ingest/visit.ts'
import type { Key } from '../keys.ts'
import type { CompanySchemas } from '../schemas/company-schemas.ts'

/** A dead letter with what is known of how it came. */
export interface Letter {
  /** topic/partition/offset. */
  readonly id: string
  /** Why it was not stored. */
  readonly reason: string
  readonly payload: Buffer
  /** The payload is a whole record, written by a gateway; else what a sender sent, whatever it looks like. */
  readonly isRecord: boolean
  /** When the gateway received it, or where that is not known when the worker kept it; microseconds since 1970. */
  readonly receivedAtUs: number
  /** The site's, in the company of the caller; undefined: there is no such site. */
  readonly key: Key | undefined
}

/** What the present rules say of a dead letter. */
export type JudgedAgain =
  | { readonly outcome: 'accepted'; readonly record: NewRecord; readonly eventId: string }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection }
  | { readonly outcome: 'not_replayable'; readonly why: string }

interface Court {
  readonly scan: EventScan
  readonly partitions: number
  /** The present ones of the caller's company. */
  readonly schemas?: CompanySchemas | undefined
}

/** Judges a dead letter by the rules of ingest. The same letter always becomes an event of the same id and time. */
export function judgeAgain(letter: Letter, court: Court): JudgedAgain {
  if (letter.key === undefined) return notReplayable('Its site does not exist.')
  if (!letter.isRecord) return judgeSent(letter, letter.key, court)
  const decoded = decodeRecord(letter.payload)
  if (!decoded.ok) return notReplayable(`Its bytes are no record: ${decoded.message}.`)
  const { companyId, siteId, rejectedReason, rejectedBytes } = decoded.envelope
  if (companyId !== letter.key.companyId || siteId !== letter.key.siteId) {
    return notReplayable('Its record is that of another site.')
  }
  // An event without any bytes: the worker had nothing but the record to keep.
  if (rejectedReason !== '') return judgeSent({ ...letter, payload: Buffer.from(rejectedBytes) }, letter.key, court)
  return judgeRecord({ ...letter, key: letter.key }, decoded.envelope, court)
}

const notReplayable = (why: string): JudgedAgain => ({ outcome: 'not_replayable', why })

/** What a sender sent, under what is left of its request: site and receive time. Address and browser were not kept. */
function judgeSent(letter: Letter, key: Key, { scan, partitions, schemas }: Court): JudgedAgain {
  const raw = readSent(letter)
  if (raw === undefined) return notReplayable(`Only its first ${letter.payload.length} bytes were kept.`)
  const sender = {
    key,
    ip: '',
    userAgent: '',
    hints: { platform: '', platformVersion: '', mobile: false, model: '' },
    countryHeader: '',
    door: Door.UNSPECIFIED,
    receivedAtUs: letter.receivedAtUs,
  }
  const visit = describeVisit(sender, undefined, undefined)
  const { record, rejection, eventId } = judge(raw, 0, {
    scan,
    visit,
    partitions,
    schemas,
    again: true,
    newId: idFor(letter),
  })
  if (rejection) return { outcome: 'rejected', rejection }
  if (!record || !eventId) throw new Error('an event without rejection has a record and an id')
  return {
    outcome: 'accepted',
    record: { ...record, value: markReplayed(record.value) },
    eventId: formatUuid(eventId),
  }
}

/**
 * An event that came without an id gets one from its place on the log and its bytes: whoever replays it, and how often, it is
 * one event. Letters of a log that was made anew get their time behind the topic, after an "@"; the place stays the same.
 */
const idFor = (letter: Letter) => (receivedAtUs: number) => {
  const place = letter.id.replace(/@[^/]*/, '')
  const hash = createHash('sha256').update(`${letter.key?.companyId}/${place}/`).update(letter.payload)
  return eventIdOf(receivedAtUs, hash.digest())
}

const brace = 0x7b

/** JSON that was no Event was kept as text, anything else in protobuf form. Undefined: it was too long and was cut. */
function readSent({ payload, reason }: Letter): RawEvent | undefined {
  if (reason === reasonName(RejectReason.EVENT_TOO_LARGE)) return undefined
  if (payload[0] !== brace) return rawBytes(payload)
  try {
    return eventFromJson(JSON.parse(payload.toString()))
  } catch {
    return payload.length >= limits.eventBytes ? undefined : rawBytes(payload)
  }
}

/**
 * A record that a worker could not store. It goes back with the gateway's facts, and id and time with them, as they are in it;
 * only what the site has ceased to keep since is taken out.
 */
function judgeRecord(
  { payload, key: site }: Letter & { readonly key: Key },
  envelope: EventEnvelope,
  { scan, partitions }: Court,
): JudgedAgain {
  const bytes = eventBytesOf(payload)
  if (bytes === undefined) return notReplayable('Its record has no event.')
  const rejection = scan.scan(bytes) ?? identityProblem(envelope)
  if (rejection) return { outcome: 'rejected', rejection }
  const sentVisitorId = scan.text(Slot.visitorId) !== ''
  const order = orderKey({
    sessionId: scan.text(Slot.sessionId),
    visitorId: sentVisitorId && !takesVisitorId(site) ? '' : envelope.visitorId,
    userId: scan.text(Slot.userId),
    identity: envelope,
  })
  const key = sessionKey(envelope.companyId, order)
  const value = markReplayed(protectRecord(payload, site, sentVisitorId))
  return {
    outcome: 'accepted',
    record: { partition: partitionOf(key, partitions), key, value },
    eventId: formatUuid(envelope.eventId),
  }
}

function identityProblem({ eventId, eventTimeUs, receivedAtUs }: EventEnvelope): Rejection | undefined {
  if (eventId.length !== 16) return new Rejection(RejectReason.EVENT_ID_INVALID, 'event_id')
  const wrong = timeProblem(Number(eventTimeUs), Number(receivedAtUs))
  return wrong === undefined ? undefined : new Rejection(wrong, 'event_time')
}
