import type { UserService } from '../../proto/gen/userflow/v1/users_pb.ts'
import { loadStatement } from '../../sql/statement.ts'
import type { Reading } from '../analytics/answer.ts'
import type { ReadMethods } from '../analytics/read-methods.ts'
import { adoption } from './adoption.ts'
import { forms } from './forms.ts'
import { listUsers } from './list-users.ts'
import { stickiness } from './stickiness.ts'
import { listUserEvents } from './user-timeline.ts'

const metrics = [
  'users',
  'user_timeline',
  'sessions_by_id',
  'adoption',
  'adoption_of_ways',
  'forms',
  'stickiness',
  'stickiness_of_days',
  'stickiness_from_events',
]

/** The methods of UserService. They throw RequestError as `answer` does, and PARAMETER_INVALID. */
export function createUserMethods(reading: Reading): ReadMethods<typeof UserService> {
  for (const metric of metrics) loadStatement(metric)
  return {
    listUsers: (request, caller) => listUsers(reading, request, caller),
    listUserEvents: (request, caller) => listUserEvents(reading, request, caller),
    adoption: (request, caller) => adoption(reading, request, caller),
    forms: (request, caller) => forms(reading, request, caller),
    stickiness: (request, caller) => stickiness(reading, request, caller),
  }
}
