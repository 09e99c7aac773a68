import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ChurnRequest, ChurnResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf, textOf } from './columns.ts'
import { checkPeople } from './question/check-segment.ts'
import { findDays } from './question/days-of-sites.ts'
import { readQuestion } from './question/read-question.ts'

/** Who stays away, and who has come back? From rollups or sealed days where the question allows it, else from events. */
export async function churn(
  reading: Reading,
  request: ChurnRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ChurnResponseSchema>> {
  const question = readQuestion(request.question)
  const { common, filters, explain } = question
  const people = checkPeople('', request.people)
  const { byRollup, bySealedDays, timeZone } = await findDays(reading, caller, {
    question,
    plain: people === 'visitors',
  })
  const parameters = { ...common, time_zone: timeZone, people }
  const asked = byRollup
    ? { metric: 'churn', parameters: { ...common } }
    : bySealedDays
      ? { metric: 'churn_of_days', parameters: { ...parameters, any_event: filters.length === 0 }, filters }
      : { metric: 'churn_from_events', parameters, filters }
  const { rows, meta } = await answer(reading, { ...asked, caller, explain })
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
    timeZone,
    meta,
  }
}
