import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ListDeadLettersRequest, ListDeadLettersResponseSchema } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkLimit, checkReason } from '../analytics/parameters.ts'

/** What was not stored, and why? Only records whose company could be read; the others belong to nobody who may ask. */
export async function listDeadLetters(
  reading: Reading,
  request: ListDeadLettersRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListDeadLettersResponseSchema>> {
  const parameters = { reason: checkReason(request.reason), event_id: null, row_limit: checkLimit(request.limit) }
  const { rows, meta } = await answer(reading, { metric: 'dead_letters', caller, parameters })
  return {
    deadLetters: rows.map((row) => {
      const keptAt = timeOf(row, 'kept_at')
      return {
        reason: textOf(row, 'reason'),
        field: textOf(row, 'field'),
        message: textOf(row, 'message'),
        eventId: textOf(row, 'event_id'),
        logPartition: numberOf(row, 'log_partition'),
        logOffset: BigInt(textOf(row, 'log_offset')),
        payload: Buffer.from(textOf(row, 'payload').slice('\\x'.length), 'hex'),
        ...(keptAt ? { keptAt } : {}),
      }
    }),
    meta,
  }
}
