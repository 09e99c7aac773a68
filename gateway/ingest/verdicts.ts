import { create } from '@bufbuild/protobuf'
import type { Appended } from '../../eventlog/eventlog.ts'
import {
  type RecordEventsResponse,
  RecordEventsResponseSchema,
  RejectReason,
  type Verdict,
  VerdictSchema,
  VerdictStatus,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { formatUuid } from './identity.ts'
import type { Judged } from './judge.ts'
import type { Rejection } from './rejection.ts'

const noAnswer = 'It is not known whether the log has this event: resend it with the same event_id and event_time.'
const noSalt = 'The visitor cannot be told right now: resend the event with the same event_id and event_time.'
const noTime =
  "Judging the batch by the company's schemas took too long for the rest of it: resend the event with the same event_id and event_time."

/**
 * The answer to a batch. `appended` has one answer for each judged event that has a record, in order. Every event is to
 * be sent again unless the log said that it has its record, be that the event or its dead letter.
 */
export function answer(judged: readonly Judged[], appended: readonly Appended[]): RecordEventsResponse {
  const response = create(RecordEventsResponseSchema)
  let next = 0
  for (let index = 0; index < judged.length; index++) {
    const one = judged[index]!
    const written = one.record !== undefined && appended[next++]?.status === 'written'
    if (one.assigned) response.assigned.push(assignedId(index, one.eventId!))
    if (written && !one.rejection) response.accepted++
    else if (written) response.rejected.push(rejected(index, one, one.rejection!))
    else response.rejected.push(retry(index, one))
  }
  return response
}

const assignedId = (index: number, eventId: Uint8Array) => ({
  $typeName: 'userflow.v1.AssignedId' as const,
  index,
  eventId: formatUuid(eventId),
})

const idText = ({ eventId }: Judged): string => (eventId ? formatUuid(eventId) : '')

const rejected = (index: number, judged: Judged, { reason, field, message }: Rejection): Verdict =>
  create(VerdictSchema, {
    index,
    eventId: idText(judged),
    status: VerdictStatus.REJECTED,
    reason,
    field,
    message,
  })

const retry = (index: number, judged: Judged): Verdict =>
  create(VerdictSchema, {
    index,
    eventId: idText(judged),
    status: VerdictStatus.RETRY,
    reason: RejectReason.REJECT_REASON_UNSPECIFIED,
    message: judged.record ? noAnswer : judged.outOfTime ? noTime : noSalt,
  })
