import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ActivityRequest, ActivityResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf } from './columns.ts'
import { readQuestion } from './question/read-question.ts'
import { findZone } from './question/zone.ts'

/** At which hours of the week are visitors active? */
export async function activity(
  reading: Reading,
  request: ActivityRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ActivityResponseSchema>> {
  const { common, filters, explain, timeZone } = readQuestion(request.question)
  const zone = await findZone(reading, caller, { timeZone, siteIds: common.site_ids })
  const parameters = { ...common, time_zone: zone.name }
  const metric = filters.length === 0 ? 'activity' : 'activity_from_events'
  const { rows, meta } = await answer(reading, { metric, caller, parameters, filters, explain })
  return {
    rows: rows.map((row) => ({
      weekday: numberOf(row, 'weekday'),
      hour: numberOf(row, 'hour'),
      visitors: numberOf(row, 'visitors'),
      events: numberOf(row, 'events'),
      pageViews: numberOf(row, 'page_views'),
    })),
    timeZone: zone.name,
    meta,
  }
}
