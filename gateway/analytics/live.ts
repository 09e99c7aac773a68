import type { MessageInitShape } from '@bufbuild/protobuf'
import type { LiveRequest, LiveResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { eventOf, numberOf } from './columns.ts'
import { checkLimit, checkSites, checkTime } from './parameters.ts'
import { checkFilters } from './question/check-filters.ts'
import { toMicros, toSqlTime } from './time.ts'

const windowMicros = 5 * 60e6

/** Who is here now? */
export async function live(
  reading: Reading,
  request: LiveRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof LiveResponseSchema>> {
  checkTime('at', request.at)
  const at = request.at ? toMicros(request.at) : Date.now() * 1e3
  const asked = { site_ids: checkSites(request.siteIds), include_bots: request.includeBots }
  const row_limit = checkLimit(request.limit)
  const more = { caller, filters: checkFilters(request.filters), explain: request.explain }
  const period = { from_time: toSqlTime(at - windowMicros), to_time: toSqlTime(at) }
  const { rows, meta } = await answer(reading, { metric: 'live', parameters: { ...asked, ...period }, ...more })
  const latest = { ...asked, before_time: toSqlTime(at), row_limit }
  const events = await answer(reading, { metric: 'recent_events', parameters: latest, ...more })
  return {
    visitors: numberOf(rows[0]!, 'visitors'),
    eventsPerSecond: numberOf(rows[0]!, 'events_per_second'),
    events: events.rows.map(eventOf),
    meta,
    eventsMeta: events.meta,
  }
}
