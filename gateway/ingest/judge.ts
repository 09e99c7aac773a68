import type { NewRecord } from '../../eventlog/eventlog.ts'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { CompanySchemas } from '../schemas/company-schemas.ts'
import { deadLetterRecord, eventRecord } from './envelope.ts'
import { identify, type NewEventId, parseUuid } from './identity.ts'
import { keptIp, normaliseIp } from './ip-address.ts'
import { limits } from './limits.ts'
import { protect } from './privacy/protection.ts'
import type { RawEvent } from './raw-event.ts'
import { Rejection } from './rejection.ts'
import type { EventScan } from './validate/event-scan.ts'
import { Slot } from './validate/fields.ts'
import { storable, type Visit, withoutNul } from './visit.ts'

/** What is to be done with an event, before the log has answered. */
export interface Judged {
  /** What goes to the log; undefined: the event cannot be taken right now. */
  readonly record: NewRecord | undefined
  /** 16 bytes; undefined: the event has no readable id. */
  readonly eventId: Uint8Array | undefined
  /** The id is the gateway's. */
  readonly assigned: boolean
  /** Why the record is a dead letter. */
  readonly rejection: Rejection | undefined
  /** There is no record, because judging the batch by the company's schemas took too long. */
  readonly outOfTime?: boolean
}

/** What judges the events of a batch. */
export interface Court {
  readonly scan: EventScan
  readonly visit: Visit
  /** Partitions of the log. */
  readonly partitions: number
  /** The company's own schemas of custom events. Absent: it has none. */
  readonly schemas?: CompanySchemas | undefined
  /** What is left of the time that judging the batch by them may take. Absent: all there is. */
  readonly patience?: { leftMs: number }
  /** The event was received before, so that breaking a schema in report mode was counted then. */
  readonly again?: boolean
  /** Ids of events that came without one. Absent: random ones. */
  readonly newId?: NewEventId
}

/** Judges one event of a batch and makes its record. Never throws, whatever the bytes are. */
export function judge(raw: RawEvent, index: number, court: Court): Judged {
  const { scan, visit, partitions } = court
  const { protection } = visit
  const reject = (rejection: Rejection, eventId: Uint8Array | undefined): Judged => ({
    record: deadLetterRecord({ visit, raw: protect(raw, protection, true), index, rejection, eventId }, partitions),
    eventId,
    assigned: false,
    rejection,
  })
  if (raw.unreadable) return reject(raw.unreadable, parseUuid(raw.seemingId))
  const broken = scan.scan(raw.bytes) ?? addressProblem(scan, visit)
  const identity = broken ?? identify(scan, visit.sender.receivedAtUs, court.newId)
  if (identity instanceof Rejection) return reject(identity, parseUuid(scan.text(Slot.eventId)))

  const override = scan.text(Slot.userAgent)
  const userAgent = override === '' ? visit.userAgent : storable(override, limits.textBytes)
  const sentVisitorId = protection.withoutVisitorId ? '' : withoutNul(scan.text(Slot.visitorId))
  const visitorId = sentVisitorId || visit.visitorBy(userAgent)
  const { eventId, assigned } = identity
  if (visitorId === undefined) return { record: undefined, eventId, assigned, rejection: undefined }
  const addressOverride = scan.text(Slot.ipAddress)
  const ip = addressOverride === '' ? visit.ip : keptIp(normaliseIp(addressOverride), visit.sender.key.privacy.ipMode)
  const sessionId = scan.text(Slot.sessionId)
  const userId = scan.text(Slot.userId)
  const textRepaired = raw.textRepaired || scan.nul
  const kept = protect(raw, protection, addressOverride !== '')
  const unfit = court.schemas && schemaProblem(raw, kept, court)
  if (unfit === 'out of time') {
    return { record: undefined, eventId, assigned, rejection: undefined, outOfTime: true }
  }
  if (unfit) return reject(unfit, assigned ? undefined : eventId)
  const found = { visit, raw: kept, identity, ip, userAgent, visitorId, sessionId, userId, textRepaired }
  return { record: eventRecord(found, partitions), eventId, assigned, rejection: undefined }
}

/**
 * What a custom event breaks of its company's schemas. Judged is what is kept: a property that is taken out is not there.
 * Events and schemas are written by the same stranger, who must not keep the gateway from all others for long.
 */
function schemaProblem(raw: RawEvent, kept: RawEvent, court: Court): Rejection | 'out of time' | undefined {
  const { scan, schemas, visit, again, patience } = court
  const name = scan.text(Slot.customName)
  if (name === '' || schemas === undefined) return undefined
  if (patience && patience.leftMs <= 0) return 'out of time'
  if (kept.bytes !== raw.bytes && scan.scan(kept.bytes)) return undefined
  const startedMs = performance.now()
  const siteId = again ? undefined : visit.sender.key.siteId
  const broken = schemas.judge(withoutNul(name), scan.bytesOf(Slot.properties), siteId)
  if (patience) patience.leftMs -= performance.now() - startedMs
  return broken
}

function addressProblem(scan: EventScan, visit: Visit): Rejection | undefined {
  const address = scan.text(Slot.ipAddress)
  if (address === '') return undefined
  if (visit.sender.key.kind === 'secret' && normaliseIp(address) !== '') return undefined
  return new Rejection(RejectReason.IP_ADDRESS_NOT_ALLOWED, 'device.ip_address')
}
