import type { NewRecord } from '../../eventlog/eventlog.ts'
import { encodeRecord, partitionOf, sessionKey } from '../../eventlog/record.ts'
import { formatUuid, type Identity } from './identity.ts'
import { limits } from './limits.ts'
import type { RawEvent } from './raw-event.ts'
import { type Rejection, reasonName } from './rejection.ts'
import type { Visit } from './visit.ts'

/** Version of the contract this gateway speaks. */
const contractVersion = 1

/** An accepted event and what the gateway found out about it. */
export interface FoundEvent {
  readonly visit: Visit
  readonly raw: RawEvent
  readonly identity: Identity
  readonly ip: string
  readonly userAgent: string
  readonly visitorId: string
  readonly sessionId: string
  readonly userId: string
  readonly textRepaired: boolean
}

/** The record of an accepted event: the envelope around the sender's own bytes. */
export function eventRecord(found: FoundEvent, partitions: number): NewRecord {
  const { visit, identity } = found
  const { key, door } = visit.sender
  const value = encodeRecord(
    {
      companyId: key.companyId,
      siteId: key.siteId,
      receivedAtUs: visit.receivedAtUs,
      eventId: identity.eventId,
      eventTimeUs: BigInt(identity.eventTimeUs),
      ipAddress: found.ip,
      userAgent: found.userAgent,
      door,
      contractVersion,
      skewMs: visit.skewMs,
      visitorId: found.visitorId,
      hintPlatform: visit.hints.platform,
      hintPlatformVersion: visit.hints.platformVersion,
      hintMobile: visit.hints.mobile,
      hintModel: visit.hints.model,
      countryHeader: visit.country,
      textRepaired: found.textRepaired,
    },
    found.raw.bytes,
  )
  return record(visit, orderKey(found), { value, partitions })
}

/** Events with the same key lie in one partition in order: those of a session, else of a visitor, else of a person. */
export function orderKey(
  event: Pick<FoundEvent, 'sessionId' | 'visitorId' | 'userId'> & { identity: Pick<Identity, 'eventId'> },
): string {
  const { sessionId, visitorId, userId, identity } = event
  return sessionId || visitorId || (userId && `user:${userId}`) || formatUuid(identity.eventId)
}

/** A rejected event, its place in the batch, and its id if it had a readable one. */
export interface RejectedEvent {
  readonly visit: Visit
  readonly raw: RawEvent
  readonly index: number
  readonly rejection: Rejection
  readonly eventId: Uint8Array | undefined
}

/** The record of a rejected event: no event in the envelope, but the sender's bytes and why, for the dead letters. */
export function deadLetterRecord(rejected: RejectedEvent, partitions: number): NewRecord {
  const { visit, raw, rejection, eventId } = rejected
  const { key, door } = visit.sender
  const value = encodeRecord(
    {
      companyId: key.companyId,
      siteId: key.siteId,
      receivedAtUs: visit.receivedAtUs,
      eventId: eventId ?? new Uint8Array(0),
      eventTimeUs: 0n,
      door,
      contractVersion,
      rejectedReason: reasonName(rejection.reason),
      rejectedField: rejection.field,
      rejectedMessage: rejection.message,
      rejectedBytes: raw.bytes.subarray(0, limits.eventBytes),
    },
    undefined,
  )
  return record(visit, eventId ? formatUuid(eventId) : String(rejected.index), { value, partitions })
}

function record(
  visit: Visit,
  order: string,
  { value, partitions }: { value: Uint8Array; partitions: number },
): NewRecord {
  const key = sessionKey(visit.sender.key.companyId, order)
  return { partition: partitionOf(key, partitions), key, value }
}
