import { Interval } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { invalid } from '../../errors.ts'
import type { Common } from './read-question.ts'

/** The name of an interval, as date_trunc of Postgres knows it. */
export type Unit = 'hour' | 'day' | 'week' | 'month'

const units = new Map<number, Unit>([
  [Interval.UNSPECIFIED, 'day'],
  [Interval.HOUR, 'hour'],
  [Interval.DAY, 'day'],
  [Interval.WEEK, 'week'],
  [Interval.MONTH, 'month'],
])
const unitMs: Readonly<Record<Unit, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 28 * 86_400_000,
}
const mostIntervals = 10_000

/** How time is cut; by days, when that is not said. @throws PARAMETER_INVALID */
export function checkUnit(interval: number): Unit {
  const unit = units.get(interval)
  if (!unit) throw invalid('interval', 'must be one of the intervals')
  return unit
}

/** The same, if the period does not have too many intervals. @throws PARAMETER_INVALID */
export function checkLength(common: Common, unit: Unit): Common {
  const lengthMs = Date.parse(common.to_time) - Date.parse(common.from_time)
  if (lengthMs / unitMs[unit] <= mostIntervals) return common
  throw invalid('interval', `makes more than ${mostIntervals.toLocaleString('en')} of this period: take a longer one`)
}
