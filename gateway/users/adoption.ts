import type { MessageInitShape } from '@bufbuild/protobuf'
import { Interval } from '../../proto/gen/userflow/v1/question_pb.ts'
import type {
  AdoptionRequest,
  AdoptionResponseSchema,
  AdoptionRowSchema,
} from '../../proto/gen/userflow/v1/users_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, timeOf } from '../analytics/columns.ts'
import { checkFilters } from '../analytics/question/check-filters.ts'
import { checkPeople } from '../analytics/question/check-segment.ts'
import { checkLength, checkUnit } from '../analytics/question/interval.ts'
import { areOfWayCodes, areOfWays } from '../analytics/question/of-sessions.ts'
import { readQuestion } from '../analytics/question/read-question.ts'
import { findZone } from '../analytics/question/zone.ts'
import type { Row } from '../analytics/run-statement.ts'
import { isAfter, type TimestampFields } from '../analytics/time.ts'
import { invalid } from '../errors.ts'

/** Which share of the active people uses a feature? From ways of sealed days where the question allows it, else from events. */
export async function adoption(
  reading: Reading,
  request: AdoptionRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof AdoptionResponseSchema>> {
  const { common, filters, explain, timeZone } = readQuestion(request.question)
  const feature = checkFilters(request.feature, { name: 'feature' })
  if (feature.length === 0) throw invalid('feature', 'is required: say which events are of the feature')
  const unit = checkUnit(request.interval || Interval.WEEK)
  if (unit === 'hour') throw invalid('interval', 'must be a day, a week or a month')
  const people = checkPeople('', request.people)
  const zone = await findZone(reading, caller, { timeZone, siteIds: common.site_ids })
  const parameters = { ...checkLength(common, unit), time_zone: zone.name, unit, people }
  const { rows, meta } = await answer(reading, {
    metric: zone.ofAnySite && areOfWays(filters) && areOfWayCodes(feature) ? 'adoption_of_ways' : 'adoption',
    caller,
    parameters,
    filters,
    named: { feature },
    explain,
  })
  const all = rows.map((row) => rowOf(row, meta.completeTo as TimestampFields | undefined))
  return { rows: all.slice(0, -1), total: all.at(-1)!, timeZone: zone.name, meta }
}

function rowOf(row: Row, completeTo: TimestampFields | undefined): MessageInitShape<typeof AdoptionRowSchema> {
  const to = timeOf(row, 'to_time')!
  return {
    from: timeOf(row, 'from_time')!,
    to,
    active: numberOf(row, 'active'),
    adopted: numberOf(row, 'adopted'),
    share: numberOf(row, 'share'),
    uses: numberOf(row, 'uses'),
    incomplete: completeTo === undefined || isAfter(to, completeTo),
  }
}
