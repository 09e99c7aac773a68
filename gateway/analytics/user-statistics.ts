import type { MessageInitShape } from '@bufbuild/protobuf'
import type { UserStatisticsRequest, UserStatisticsResponseSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { numberOf } from './columns.ts'
import { checkEventName } from './parameters.ts'
import { areOfWays } from './question/of-sessions.ts'
import { readQuestion } from './question/read-question.ts'
import { findZone } from './question/zone.ts'

/** How many people are active, new and signed up? From rollups and sealed days where the question allows it, else from events. */
export async function userStatistics(
  reading: Reading,
  request: UserStatisticsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof UserStatisticsResponseSchema>> {
  const { common, filters, explain, timeZone } = readQuestion(request.question)
  const zone = await findZone(reading, caller, { timeZone, siteIds: common.site_ids })
  const signup_event = checkEventName('signup_event', request.signupEvent || 'signup')
  const parameters = { ...common, time_zone: zone.name, signup_event }
  const asked =
    filters.length === 0
      ? { metric: 'user_statistics' }
      : { metric: areOfWays(filters) ? 'user_statistics_of_ways' : 'user_statistics_from_events', filters }
  const { rows, meta } = await answer(reading, { ...asked, caller, parameters, explain })
  const found = rows[0]!
  return {
    dailyVisitors: numberOf(found, 'daily_visitors'),
    weeklyVisitors: numberOf(found, 'weekly_visitors'),
    monthlyVisitors: numberOf(found, 'monthly_visitors'),
    visitorStickiness: numberOf(found, 'visitor_stickiness'),
    dailyUsers: numberOf(found, 'daily_users'),
    weeklyUsers: numberOf(found, 'weekly_users'),
    monthlyUsers: numberOf(found, 'monthly_users'),
    userStickiness: numberOf(found, 'user_stickiness'),
    newVisitors: numberOf(found, 'new_visitors'),
    returningVisitors: numberOf(found, 'returning_visitors'),
    signups: numberOf(found, 'signups'),
    timeZone: zone.name,
    meta,
  }
}
