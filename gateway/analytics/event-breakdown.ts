import type { MessageInitShape } from '@bufbuild/protobuf'
import type { EventBreakdownRequest, EventBreakdownResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf, textOf } from './columns.ts'
import { checkPeriod, checkSites } from './parameters.ts'

/** How many events of each type and name? */
export async function eventBreakdown(
  reading: Reading,
  request: EventBreakdownRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof EventBreakdownResponseSchema>> {
  const parameters = {
    ...checkPeriod(request),
    site_ids: checkSites(request.siteIds),
    include_bots: request.includeBots,
  }
  const { rows, meta } = await answer(reading, { metric: 'event_breakdown', caller, parameters })
  return {
    rows: rows.map((row) => ({
      eventType: textOf(row, 'event_type'),
      eventName: textOf(row, 'event_name'),
      events: numberOf(row, 'events'),
    })),
    meta,
  }
}
