import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ListExperimentsRequest,
  ListExperimentsResponseSchema,
} from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import { answer, type Caller, type Reading } from '../answer.ts'
import { numberOf, textOf, timeOf } from '../columns.ts'
import { checkLimit, checkOffset } from '../parameters.ts'
import { readQuestion } from '../question/read-question.ts'

/** Which experiments ran? From sealed days without filters, else from events. */
export async function listExperiments(
  reading: Reading,
  request: ListExperimentsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListExperimentsResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const page = { row_limit: checkLimit(request.limit), row_offset: checkOffset(request.offset) }
  const parameters = { ...common, ...page }
  const metric = filters.length === 0 ? 'experiments' : 'experiments_from_events'
  const { rows, meta } = await answer(reading, { metric, caller, parameters, filters, explain })
  const experiments = Map.groupBy(rows, (row) => textOf(row, 'place'))
  return {
    experiments: [...experiments.values()].map((variants) => ({
      experiment: textOf(variants[0]!, 'experiment'),
      firstSeen: timeOf(variants[0]!, 'first_seen')!,
      lastSeen: timeOf(variants[0]!, 'last_seen')!,
      variants: variants.map((row) => ({
        variant: textOf(row, 'variant'),
        visitors: numberOf(row, 'visitors'),
        events: numberOf(row, 'events'),
      })),
    })),
    values: rows[0] ? numberOf(rows[0], 'values') : 0,
    meta,
  }
}
