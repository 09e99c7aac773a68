import type { MessageInitShape } from '@bufbuild/protobuf'
import type { StickinessRequest, StickinessResponseSchema } from '../../proto/gen/userflow/v1/users_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, textOf } from '../analytics/columns.ts'
import { checkPeople } from '../analytics/question/check-segment.ts'
import { findDays } from '../analytics/question/days-of-sites.ts'
import { type Common, readQuestion } from '../analytics/question/read-question.ts'
import { invalid } from '../errors.ts'

const mostDays = 3_660
const dayMs = 86_400_000

/** How often do people come, day by day? From rollups or sealed days where the question allows it, else from events. */
export async function stickiness(
  reading: Reading,
  request: StickinessRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof StickinessResponseSchema>> {
  const question = readQuestion(request.question)
  const { filters, explain } = question
  const common = checkDays(question.common)
  const people = checkPeople('', request.people)
  const { byRollup, bySealedDays, timeZone } = await findDays(reading, caller, {
    question,
    plain: people === 'visitors',
  })
  const parameters = { ...common, time_zone: timeZone, people }
  const asked = byRollup
    ? { metric: 'stickiness', parameters: { ...common } }
    : bySealedDays
      ? { metric: 'stickiness_of_days', parameters: { ...parameters, any_event: filters.length === 0 }, filters }
      : { metric: 'stickiness_from_events', parameters, filters }
  const { rows, meta } = await answer(reading, { ...asked, caller, explain })
  return {
    rows: rows.map((row) => ({
      day: textOf(row, 'day'),
      daily: numberOf(row, 'daily'),
      weekly: numberOf(row, 'weekly'),
      monthly: numberOf(row, 'monthly'),
      stickiness: numberOf(row, 'stickiness'),
    })),
    timeZone,
    meta,
  }
}

function checkDays(common: Common): Common {
  const lengthMs = Date.parse(common.to_time) - Date.parse(common.from_time)
  if (lengthMs <= mostDays * dayMs) return common
  throw invalid('to', `may be at most ${mostDays.toLocaleString('en')} days after from`)
}
