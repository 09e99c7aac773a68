import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  TimeSeriesRequest,
  TimeSeriesResponseSchema,
  TimeSeriesRowSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { type Answer, answer, type Caller, type Reading } from './answer.ts'
import { numberOf, timeOf } from './columns.ts'
import { comparedPeriod } from './question/compared-period.ts'
import { checkLength, checkUnit, type Unit } from './question/interval.ts'
import { areOfSessions } from './question/of-sessions.ts'
import { type CheckedQuestion, type Common, readQuestion } from './question/read-question.ts'
import { findZone, type Zone } from './question/zone.ts'
import { isAfter, type TimestampFields } from './time.ts'

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

function askSeries(
  reading: Reading,
  asked: { question: CheckedQuestion; caller: Caller; common: Common; unit: Unit; zone: Zone },
): Promise<Answer> {
  const { question, caller, common, unit, zone } = asked
  const { filters, explain } = question
  const parameters = { ...common, time_zone: zone.name, unit }
  const filtered = areOfSessions(filters) ? 'time_series_of_sessions' : 'time_series_from_events'
  const metric = filters.length === 0 ? 'time_series' : filtered
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
