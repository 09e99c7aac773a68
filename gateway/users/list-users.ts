import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type ListUsersRequest,
  type ListUsersResponseSchema,
  UserOrder,
  type UserRowSchema,
} from '../../proto/gen/userflow/v1/users_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkLimit, checkOffset, storable } from '../analytics/parameters.ts'
import { checkPeople } from '../analytics/question/check-segment.ts'
import { readQuestion } from '../analytics/question/read-question.ts'
import type { Row } from '../analytics/run-statement.ts'
import { invalid } from '../errors.ts'

const orders = new Map<number, string>([
  [UserOrder.UNSPECIFIED, 'last_seen'],
  [UserOrder.LAST_SEEN, 'last_seen'],
  [UserOrder.FIRST_SEEN, 'first_seen'],
  [UserOrder.SESSIONS, 'sessions'],
  [UserOrder.EVENTS, 'events'],
])
const mostSearchCharacters = 200

/** Which people were there? */
export async function listUsers(
  reading: Reading,
  request: ListUsersRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListUsersResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const order_by = orders.get(request.order)
  if (!order_by) throw invalid('order', 'must be one of the orders')
  if (request.search.length > mostSearchCharacters) {
    throw invalid('search', `may have at most ${mostSearchCharacters} characters`)
  }
  const parameters = {
    ...common,
    people: checkPeople('', request.people, 'users'),
    search: storable(request.search),
    order_by,
    row_limit: checkLimit(request.limit),
    row_offset: checkOffset(request.offset),
  }
  const { rows, meta } = await answer(reading, { metric: 'users', caller, parameters, filters, explain })
  return { users: rows.slice(0, -1).map(userOf), total: numberOf(rows.at(-1)!, 'sessions'), meta }
}

const userOf = (row: Row): MessageInitShape<typeof UserRowSchema> => ({
  personId: textOf(row, 'person_id'),
  siteId: numberOf(row, 'site_id'),
  isBot: row.is_bot === 't',
  firstSeen: timeOf(row, 'first_seen')!,
  lastSeen: timeOf(row, 'last_seen')!,
  sessions: numberOf(row, 'sessions'),
  events: numberOf(row, 'events'),
  pageViews: numberOf(row, 'page_views'),
  country: textOf(row, 'country'),
  region: textOf(row, 'region'),
  city: textOf(row, 'city'),
  deviceType: textOf(row, 'device_type'),
  browser: textOf(row, 'browser'),
  os: textOf(row, 'os'),
})
