import { ComparedWith } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { invalid } from '../../errors.ts'
import type { Reading } from '../answer.ts'
import { checkPeriod } from '../parameters.ts'
import { toStoreError } from '../run-statement.ts'
import { toSqlTime } from '../time.ts'
import type { CheckedQuestion, Common } from './read-question.ts'

/** `$1` from, `$2` to, `$3` zone, `$4` a year before instead of as long directly before. Microseconds since 1970. */
const shiftSql = `
with local as (
  select $1::timestamptz as from_time, $2::timestamptz as to_time, $1::timestamptz at time zone $3::text as from_local,
         $2::timestamptz at time zone $3::text as to_local
),
shifted as (
  select to_time - from_time as length,
    case
      when $4::bool then (from_local - interval '1 year') at time zone $3::text
      when from_local::time = '00:00' and to_local::time = '00:00'
        then (from_local - (to_local - from_local)) at time zone $3::text
      else from_time - (to_time - from_time)
    end as start,
    case when $4::bool then (to_local - interval '1 year') at time zone $3::text else from_time end as ending
  from local
)
-- A period that begins or ends on 29 February can lose all its length a year before: then it keeps the length.
select (extract(epoch from start) * 1000000)::bigint::text as start,
       (extract(epoch from case when ending > start then ending else start + length end) * 1000000)::bigint::text as ending
from shifted`

const earliestMicros = Date.UTC(1, 0, 1) * 1e3

/**
 * The parameters of the question for the period it is compared with; undefined when it is not compared.
 * @throws RequestError PARAMETER_INVALID, STORE_DOWN
 */
export async function comparedPeriod(
  reading: Reading,
  question: CheckedQuestion,
  timeZone: string,
): Promise<Common | undefined> {
  const { compare, common } = question
  if (compare === undefined || compare.with === ComparedWith.UNSPECIFIED) return undefined
  if (compare.with === ComparedWith.PERIOD) {
    const { from_time, to_time } = checkPeriod(compare)
    return { ...common, from_time: from_time!, to_time: to_time! }
  }
  const isYear = compare.with === ComparedWith.PREVIOUS_YEAR
  if (!isYear && compare.with !== ComparedWith.PREVIOUS_PERIOD) {
    throw invalid('compare.with', 'must be one of the periods')
  }
  const [found] = await reading.db
    .query<{ start: string; ending: string }>(shiftSql, [common.from_time, common.to_time, timeZone, isYear])
    .catch((error: unknown) => {
      throw toStoreError(error)
    })
  const [start, ending] = [Number(found?.start), Number(found?.ending)]
  if (!(start >= earliestMicros)) throw invalid('compare', 'would begin before the year 1')
  return { ...common, from_time: toSqlTime(start), to_time: toSqlTime(ending) }
}
