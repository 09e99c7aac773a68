import type { Question as AskedQuestion } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { type Answer, answer, type Caller, type Reading } from '../answer.ts'
import { timeOf } from '../columns.ts'
import { checkLength, checkUnit } from '../question/interval.ts'
import { type CheckedQuestion, readQuestion } from '../question/read-question.ts'
import { findZone } from '../question/zone.ts'
import type { Row, SqlValue } from '../run-statement.ts'
import { isAfter, type TimestampFields } from '../time.ts'

/** What is asked of each interval. */
interface Asked {
  readonly question?: AskedQuestion | undefined
  readonly interval: number
  /** Those of the metric besides the common ones, `time_zone` and `unit`. */
  readonly parameters: Readonly<Record<string, SqlValue>>
}

/** Asks a metric with a row for each interval of the question's time zone. @throws PARAMETER_INVALID */
export async function askByInterval(
  reading: Reading,
  asked: Asked,
  of: { readonly metricOf: (question: CheckedQuestion) => string; readonly caller: Caller },
): Promise<Answer & { readonly timeZone: string }> {
  const question = readQuestion(asked.question)
  const { common, timeZone, ...more } = question
  const unit = checkUnit(asked.interval)
  checkLength(common, unit)
  const zone = await findZone(reading, of.caller, { timeZone, siteIds: common.site_ids })
  const parameters = { ...common, ...asked.parameters, time_zone: zone.name, unit }
  const metric = of.metricOf(question)
  return { ...(await answer(reading, { metric, caller: of.caller, parameters, ...more })), timeZone: zone.name }
}

/** From when to when a row is, and whether events of it may still come in. */
export function intervalOf(row: Row, meta: Answer['meta']) {
  const [from, to] = [timeOf(row, 'from_time')!, timeOf(row, 'to_time')!]
  const completeTo = meta.completeTo as TimestampFields | undefined
  return { from, to, incomplete: completeTo === undefined || isAfter(to, completeTo) }
}
