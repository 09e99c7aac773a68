import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RetentionRequest, RetentionResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { invalid } from '../errors.ts'

import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf, textOf } from './columns.ts'
import { checkFilters } from './question/check-filters.ts'
import { checkPeople } from './question/check-segment.ts'
import { findDays } from './question/days-of-sites.ts'
import { readQuestion } from './question/read-question.ts'

const units = new Map<number, string>([
  [Interval.UNSPECIFIED, 'week'],
  [Interval.DAY, 'day'],
  [Interval.WEEK, 'week'],
  [Interval.MONTH, 'month'],
])
const mostIntervals = 365
const usualIntervals = 12

/** How many new people come back, and when? From rollups or sealed days where the question allows it, else from events. */
export async function retention(
  reading: Reading,
  request: RetentionRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof RetentionResponseSchema>> {
  const question = readQuestion(request.question)
  const { common, filters, explain } = question
  const people = checkPeople('', request.people)
  const named = {
    first: checkFilters(request.firstEvent, { name: 'first_event' }),
    return: checkFilters(request.returnEvent, { name: 'return_event' }),
  }
  const unit = units.get(request.interval)
  if (!unit) throw invalid('interval', 'must be a day, a week or a month')
  if (request.intervals > mostIntervals) throw invalid('intervals', `may be at most ${mostIntervals}`)
  const byAnyEvent = named.first.length === 0 && named.return.length === 0
  const { byRollup, bySealedDays, timeZone } = await findDays(reading, caller, {
    question,
    plain: people === 'visitors' && byAnyEvent,
  })
  const rollup = { ...common, unit, most_units: request.intervals || usualIntervals }
  const parameters = { ...rollup, time_zone: timeZone, people }
  const asked = byRollup
    ? { metric: 'retention', parameters: rollup }
    : byAnyEvent && bySealedDays
      ? { metric: 'retention_of_days', parameters: { ...parameters, any_event: filters.length === 0 }, filters }
      : { metric: 'retention_from_events', parameters, filters, named }
  const { rows, meta } = await answer(reading, { ...asked, caller, explain })
  return {
    cohorts: rows.map((row) => ({
      firstDay: textOf(row, 'first_day'),
      visitors: numberOf(row, 'visitors'),
      returned: numberOf(row, 'returned'),
      active: JSON.parse(textOf(row, 'active')) as number[],
    })),
    timeZone,
    meta,
  }
}
