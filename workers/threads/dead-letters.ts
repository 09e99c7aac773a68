import { Text } from '../../eventlog/record-fields.ts'
import type { RecordView } from '../../eventlog/record-view.ts'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { cutText } from '../enrich/cut-text.ts'
import { repairText } from '../enrich/storable-text.ts'
import type { ContractReason } from '../outcome.ts'
import { accountOf } from './balance.ts'
import type { DeadLetter } from './digest.ts'
import type { UnpackedRecord } from './packed-records.ts'
import type { Refusal } from './refusal.ts'
import { uuidText } from './uuid-text.ts'

const messageBytesMax = 1000
const fieldBytesMax = 200

/** Why the gateway rejected an event. A reason that no gateway gives was written by a stranger. */
export function contractRefusal(record: RecordView): Refusal {
  const reason = record.text(Text.rejectedReason)
  if (isContractReason(reason)) {
    return { reason, field: record.text(Text.rejectedField), message: record.text(Text.rejectedMessage) }
  }
  return { reason: 'RECORD_UNDECODABLE', field: 'rejected_reason', message: 'is no reason of the contract' }
}

function isContractReason(reason: string): reason is ContractReason {
  return reason !== 'REJECT_REASON_UNSPECIFIED' && Object.hasOwn(RejectReason, reason) && !/^\d/.test(reason)
}

/** A dead letter of the record; `view` is what was read of it, if it could be read. Keeps the sender's bytes if the gateway handed them on, else the whole record. */
export function deadLetter(record: UnpackedRecord, view: RecordView | undefined, why: Refusal): DeadLetter {
  const { companyId, siteId, receivedAtUs } = accountOf(view)
  const sent = view && bytesOf(view, Text.rejectedBytes)
  const eventId = view && bytesOf(view, Text.eventId)
  return {
    companyId,
    siteId,
    eventId: eventId?.length === 16 ? uuidText(eventId) : undefined,
    reason: why.reason,
    field: cutText(repairText(why.field), fieldBytesMax),
    message: cutText(repairText(why.message), messageBytesMax),
    logOffset: record.offset,
    receivedAtUs,
    // A copy: the bytes are a view into the batch, and posting a view posts all that is behind it.
    payload: Uint8Array.from(sent ?? record.value),
    isRecord: sent === undefined,
  }
}

function bytesOf(view: RecordView, place: number): Uint8Array | undefined {
  return view.length(place) > 0 ? view.bytes.subarray(view.start(place), view.end(place)) : undefined
}
