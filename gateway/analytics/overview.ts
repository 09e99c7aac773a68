import type { MessageInitShape } from '@bufbuild/protobuf'
import type { OverviewRequest, OverviewResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf } from './columns.ts'
import { checkPeriod, checkSites } from './parameters.ts'

/** How much traffic was there? */
export async function overview(
  reading: Reading,
  request: OverviewRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof OverviewResponseSchema>> {
  const parameters = {
    ...checkPeriod(request),
    site_ids: checkSites(request.siteIds),
    include_bots: request.includeBots,
  }
  const { rows, meta } = await answer(reading, { metric: 'overview', caller, parameters })
  const totals = rows[0]!
  return {
    visitors: numberOf(totals, 'visitors'),
    sessions: numberOf(totals, 'sessions'),
    pageViews: numberOf(totals, 'page_views'),
    events: numberOf(totals, 'events'),
    pagesPerSession: numberOf(totals, 'pages_per_session'),
    bounceRate: numberOf(totals, 'bounce_rate'),
    medianDurationSeconds: numberOf(totals, 'median_duration_seconds'),
    meanDurationSeconds: numberOf(totals, 'mean_duration_seconds'),
    meta,
  }
}
