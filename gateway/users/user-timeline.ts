import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ListUserEventsRequest, ListUserEventsResponseSchema } from '../../proto/gen/userflow/v1/users_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { eventOf, timeOf } from '../analytics/columns.ts'
import { checkLimit, storable } from '../analytics/parameters.ts'
import { checkPeople } from '../analytics/question/check-segment.ts'
import { cursorTime, microsOf, readCursor } from '../analytics/question/cursor.ts'
import { readQuestion } from '../analytics/question/read-question.ts'
import { sessionOf } from '../analytics/sessions.ts'
import { invalid } from '../errors.ts'

const mostIdCharacters = 1_000

/** What did one person do? Its sessions are asked for after its events, so they may know of later ones. */
export async function listUserEvents(
  reading: Reading,
  request: ListUserEventsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListUserEventsResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const [time, sequence, id] = readCursor(request.after, /^(-?\d{1,16})\/(\d{1,18})\/([0-9a-f-]{36})$/)
  const parameters = {
    ...common,
    people: checkPeople('', request.people, 'users'),
    person_id: checkPersonId(request.personId),
    after_time: cursorTime(time),
    after_sequence: sequence ?? null,
    after_id: id ?? null,
    row_limit: checkLimit(request.limit),
  }
  const events = await answer(reading, { metric: 'user_timeline', caller, parameters, filters, explain })
  const session_ids = [...new Set(events.rows.flatMap((row) => row.session_id ?? []))]
  const sessions = await answer(reading, { metric: 'sessions_by_id', caller, parameters: { session_ids } })
  const last = events.rows.at(-1)
  return {
    events: events.rows.map(eventOf),
    sessions: sessions.rows.map(sessionOf),
    next: last ? `${microsOf(timeOf(last, 'event_timestamp')!)}/${last.sequence}/${last.event_id}` : '',
    meta: events.meta,
    sessionsMeta: sessions.meta,
  }
}

function checkPersonId(id: string): string {
  if (id === '' || id.length > mostIdCharacters) {
    throw invalid('person_id', `must have 1 to ${mostIdCharacters.toLocaleString('en')} characters`)
  }
  return storable(id)
}
