import type { EventEnvelope } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { cutText } from '../enrich/cut-text.ts'
import type { ContractReason } from '../outcome.ts'
import { accountOf } from './balance.ts'
import type { DeadLetter } from './digest.ts'
import type { UnpackedRecord } from './packed-records.ts'
import type { Refusal } from './refusal.ts'
import { repairText } from './storable-text.ts'
import { uuidText } from './uuid-text.ts'

const messageBytesMax = 1000
const fieldBytesMax = 200

/** Why the gateway rejected an event. A reason that no gateway gives was written by a stranger. */
export function contractRefusal(envelope: EventEnvelope): Refusal {
  const { rejectedReason: reason, rejectedField: field, rejectedMessage: message } = envelope
  if (isContractReason(reason)) return { reason, field, message }
  return { reason: 'RECORD_UNDECODABLE', field: 'rejected_reason', message: 'is no reason of the contract' }
}

function isContractReason(reason: string): reason is ContractReason {
  return reason !== 'REJECT_REASON_UNSPECIFIED' && Object.hasOwn(RejectReason, reason) && !/^\d/.test(reason)
}

/** A dead letter of the record. Keeps the sender's bytes if the gateway handed them on, else the whole record. */
export function deadLetter(record: UnpackedRecord, envelope: EventEnvelope | undefined, why: Refusal): DeadLetter {
  const { companyId, siteId, receivedAtUs } = accountOf(envelope)
  const sent = envelope?.rejectedBytes.length ? envelope.rejectedBytes : undefined
  return {
    companyId,
    siteId,
    eventId: envelope?.eventId.length === 16 ? uuidText(envelope.eventId) : undefined,
    reason: why.reason,
    field: cutText(repairText(why.field), fieldBytesMax),
    message: cutText(repairText(why.message), messageBytesMax),
    logOffset: record.offset,
    receivedAtUs,
    // A copy: the bytes are a view into the batch, and posting a view posts all that is behind it.
    payload: (sent ?? record.value).slice(),
    isRecord: sent === undefined,
  }
}
