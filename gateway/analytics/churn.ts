import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ChurnRequest, ChurnResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf, textOf } from './columns.ts'
import { readQuestion, refuseFilters } from './question/read-question.ts'

/** Who stays away, and who has come back? */
export async function churn(
  reading: Reading,
  request: ChurnRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ChurnResponseSchema>> {
  const { common, explain } = refuseFilters(readQuestion(request.question))
  const { rows, meta } = await answer(reading, { metric: 'churn', caller, parameters: { ...common }, explain })
  const transitions = rows.map((row) => ({
    before: textOf(row, 'before'),
    after: textOf(row, 'after'),
    visitors: numberOf(row, 'visitors'),
  }))
  const inState = (state: string): number =>
    transitions.filter(({ after }) => after === state).reduce((sum, { visitors }) => sum + visitors, 0)
  return {
    active: inState('active'),
    soft: inState('soft'),
    churned: inState('churned'),
    hard: inState('hard'),
    transitions,
    meta,
  }
}
