import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RetentionRequest, RetentionResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { invalid } from '../errors.ts'

import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf, textOf } from './columns.ts'
import { readQuestion, refuseFilters } from './question/read-question.ts'

const units = new Map<number, string>([
  [Interval.UNSPECIFIED, 'week'],
  [Interval.DAY, 'day'],
  [Interval.WEEK, 'week'],
  [Interval.MONTH, 'month'],
])
const mostIntervals = 365
const usualIntervals = 12

/** How many new visitors come back, and when? */
export async function retention(
  reading: Reading,
  request: RetentionRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof RetentionResponseSchema>> {
  const { common, explain } = refuseFilters(readQuestion(request.question))
  const unit = units.get(request.interval)
  if (!unit) throw invalid('interval', 'must be a day, a week or a month')
  if (request.intervals > mostIntervals) throw invalid('intervals', `may be at most ${mostIntervals}`)
  const parameters = { ...common, unit, most_units: request.intervals || usualIntervals }
  const { rows, meta } = await answer(reading, { metric: 'retention', caller, parameters, explain })
  return {
    cohorts: rows.map((row) => ({
      firstDay: textOf(row, 'first_day'),
      visitors: numberOf(row, 'visitors'),
      returned: numberOf(row, 'returned'),
      active: JSON.parse(textOf(row, 'active')) as number[],
    })),
    meta,
  }
}
