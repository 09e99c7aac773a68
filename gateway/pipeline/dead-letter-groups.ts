import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ListDeadLetterGroupsRequest,
  ListDeadLetterGroupsResponseSchema,
} from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkLimit } from '../analytics/parameters.ts'

/** Which causes keep events from being stored, and since when? */
export async function listDeadLetterGroups(
  reading: Reading,
  request: ListDeadLetterGroupsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListDeadLetterGroupsResponseSchema>> {
  const parameters = { include_replayed: request.includeReplayed, row_limit: checkLimit(request.limit) }
  const { rows, meta } = await answer(reading, { metric: 'dead_letter_groups', caller, parameters })
  return {
    groups: rows.map((row) => {
      const firstSeen = timeOf(row, 'first_seen')
      const lastSeen = timeOf(row, 'last_seen')
      return {
        reason: textOf(row, 'reason'),
        field: textOf(row, 'field'),
        letters: numberOf(row, 'letters'),
        replayed: numberOf(row, 'replayed'),
        message: textOf(row, 'message'),
        exampleIds: JSON.parse(row.example_ids ?? '[]') as string[],
        ...(firstSeen ? { firstSeen } : {}),
        ...(lastSeen ? { lastSeen } : {}),
      }
    }),
    meta,
  }
}
