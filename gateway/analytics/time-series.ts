import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  TimeSeriesRequest,
  TimeSeriesResponseSchema,
  TimeSeriesRowSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import { invalid } from '../errors.ts'

import { type Answer, answer, type Caller, type Reading } from './answer.ts'
import { numberOf, timeOf } from './columns.ts'
import { comparedPeriod } from './question/compared-period.ts'
import { type CheckedQuestion, type Common, readQuestion } from './question/read-question.ts'
import { findZone, type Zone } from './question/zone.ts'
import type { TimestampFields } from './time.ts'

type Unit = 'hour' | 'day' | 'week' | 'month'

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

/** How did traffic go, interval by interval? */
export async function timeSeries(
  reading: Reading,
  request: TimeSeriesRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof TimeSeriesResponseSchema>> {
  const question = readQuestion(request.question)
  const unit = checkUnit(request.interval)
  const { timeZone, common } = question
  const zone = await findZone(reading, caller, { timeZone, siteIds: common.site_ids })
  const ask = (of: Common) => askSeries(reading, { question, caller, common: checkLength(of, unit), unit, zone })
  const answered = await ask(common)
  const comparedCommon = await comparedPeriod(reading, question, zone.name)
  const compared = comparedCommon && (await ask(comparedCommon))
  return {
    rows: rowsOf(answered),
    timeZone: zone.name,
    meta: answered.meta,
    ...(compared ? { compared: rowsOf(compared), comparedMeta: compared.meta } : {}),
  }
}

function checkUnit(interval: number): Unit {
  const unit = units.get(interval)
  if (!unit) throw invalid('interval', 'must be one of the intervals')
  return unit
}

function checkLength(common: Common, unit: Unit): Common {
  const lengthMs = Date.parse(common.to_time) - Date.parse(common.from_time)
  if (lengthMs / unitMs[unit] <= mostIntervals) return common
  throw invalid('interval', `makes more than ${mostIntervals.toLocaleString('en')} of this period: take a longer one`)
}

function askSeries(
  reading: Reading,
  asked: { question: CheckedQuestion; caller: Caller; common: Common; unit: Unit; zone: Zone },
): Promise<Answer> {
  const { question, caller, common, unit, zone } = asked
  const { filters, explain } = question
  const byRollup = filters.length === 0 && unit !== 'hour' && zone.ofAllSites
  const parameters = { ...common, time_zone: zone.name, unit }
  const metric = byRollup ? 'time_series' : 'time_series_from_events'
  return answer(reading, { metric, caller, parameters, filters, explain })
}

function rowsOf({ rows, meta }: Answer): MessageInitShape<typeof TimeSeriesRowSchema>[] {
  const completeTo = meta.completeTo as TimestampFields | undefined
  return rows.map((row) => {
    const [from, to] = [timeOf(row, 'from_time')!, timeOf(row, 'to_time')!]
    return {
      from,
      to,
      visitors: numberOf(row, 'visitors'),
      sessions: numberOf(row, 'sessions'),
      pageViews: numberOf(row, 'page_views'),
      events: numberOf(row, 'events'),
      bounceRate: numberOf(row, 'bounce_rate'),
      medianDurationSeconds: numberOf(row, 'median_duration_seconds'),
      incomplete: completeTo === undefined || isAfter(to, completeTo),
    }
  })
}

const isAfter = (a: TimestampFields, b: TimestampFields): boolean =>
  a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos)
