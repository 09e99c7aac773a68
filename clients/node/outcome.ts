import { fromBinary, toJson } from '@bufbuild/protobuf'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import {
  type RejectReason,
  RejectReasonSchema,
  type Verdict,
  VerdictStatus,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { NotEncodable } from './encode-plain.ts'
import type { TrackedEvent } from './tracked-event.ts'

/** The log has it: it will be stored exactly once. */
export interface Accepted {
  readonly status: 'accepted'
  readonly eventId: string
}

/** A RejectReason of the contract by its name, or the number of one that is newer than this client. */
export type RejectReasonName = keyof typeof RejectReason | `REASON_${number}`

/** It breaks a rule and is never sent again; what the gateway saw of it, it keeps as a dead letter. */
export interface Rejected {
  readonly status: 'rejected'
  /** Empty: it could not be encoded. */
  readonly eventId: string
  readonly reason: RejectReasonName
  /** Path of the field, such as `page.url`; empty: the event as a whole. */
  readonly field: string
  readonly message: string
}

/** Sending it has ended without an answer: it may or may not be stored. */
export interface GivenUp {
  readonly status: 'given_up'
  readonly eventId: string
  readonly message: string
}

/** Never sent: there was no room for it, or the client was closed. */
export interface Dropped {
  readonly status: 'dropped'
  readonly eventId: string
}

/** What became of an event. */
export type Outcome = Accepted | Rejected | GivenUp | Dropped

/** What a verdict of the gateway means. */
export const outcomeOf = (eventId: string, { status, reason, field, message }: Verdict): Rejected | GivenUp =>
  status === VerdictStatus.REJECTED
    ? { status: 'rejected', eventId, reason: nameOf(reason), field, message }
    : { status: 'given_up', eventId, message }

const nameOf = (reason: RejectReason): RejectReasonName =>
  (RejectReasonSchema.value[reason]?.name as RejectReasonName | undefined) ?? `REASON_${reason}`

/** An object that is no event of the contract. */
export const notEncoded = ({ field, message }: NotEncodable): Rejected => ({
  status: 'rejected',
  eventId: '',
  reason: 'EVENT_UNDECODABLE',
  field,
  message: `${message}, so it was not sent`,
})

/** An event that no request has room for. */
export const tooLarge = (eventId: string): Rejected => ({
  status: 'rejected',
  eventId,
  reason: 'EVENT_TOO_LARGE',
  field: '',
  message: 'An event has at most 64 KiB, and this one is larger than a whole request, so it was not sent',
})

/** The event these bytes are, in the form it was tracked in; it can be tracked again, and keeps its id and time. */
export const trackedAgain = (bytes: Uint8Array): TrackedEvent =>
  toJson(EventSchema, fromBinary(EventSchema, bytes)) as unknown as TrackedEvent
