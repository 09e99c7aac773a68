import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RecentEventsRequest, RecentEventsResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { eventOf } from './columns.ts'
import { checkLimit, checkSites, checkTime } from './parameters.ts'

/** What happened last? */
export async function recentEvents(
  reading: Reading,
  request: RecentEventsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof RecentEventsResponseSchema>> {
  const parameters = {
    site_ids: checkSites(request.siteIds),
    before_time: checkTime('before', request.before),
    include_bots: request.includeBots,
    row_limit: checkLimit(request.limit),
  }
  const { rows, meta } = await answer(reading, { metric: 'recent_events', caller, parameters })
  return { events: rows.map(eventOf), meta }
}
