import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ListDeadLettersRequest, ListDeadLettersResponseSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { bytesOf, numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkLimit, checkReason } from '../analytics/parameters.ts'
import type { Row } from '../analytics/run-statement.ts'
import { letterIdOf } from './letter-id.ts'

type Answer = MessageInitShape<typeof ListDeadLettersResponseSchema>

/** What was not stored, and why? Only records whose company could be read; the others belong to nobody who may ask. */
export async function listDeadLetters(
  reading: Reading,
  request: ListDeadLettersRequest,
  caller: Caller,
): Promise<Answer> {
  const parameters = {
    reason: checkReason(request.reason),
    event_id: null,
    row_limit: checkLimit(request.limit),
    include_replayed: request.includeReplayed,
  }
  const { rows, meta } = await answer(reading, { metric: 'dead_letters', caller, parameters })
  return { deadLetters: rows.map(letterOf), meta }
}

function letterOf(row: Row): NonNullable<Answer['deadLetters']>[number] {
  const keptAt = timeOf(row, 'kept_at')
  const receivedAt = timeOf(row, 'received_at')
  const replayedAt = timeOf(row, 'replayed_at')
  return {
    id: letterIdOf(row),
    reason: textOf(row, 'reason'),
    field: textOf(row, 'field'),
    message: textOf(row, 'message'),
    eventId: textOf(row, 'event_id'),
    logPartition: numberOf(row, 'log_partition'),
    logOffset: BigInt(textOf(row, 'log_offset')),
    payload: bytesOf(row, 'payload'),
    replayedOutcome: textOf(row, 'replayed_outcome'),
    ...(keptAt ? { keptAt } : {}),
    ...(receivedAt ? { receivedAt } : {}),
    ...(replayedAt ? { replayedAt } : {}),
  }
}
