import type { EventLog } from '../../eventlog/eventlog.ts'
import type { FindEventRequest } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { type Answer, answer, type Caller, type Reading } from '../analytics/answer.ts'
import { checkEventId } from '../analytics/parameters.ts'
import { toSqlTime } from '../analytics/time.ts'
import { RequestError } from '../errors.ts'
import { findLastRejected } from './find-last-rejected.ts'
import { type Found, scanLog } from './scan-log.ts'
import { searchUnread, tooMuchUnread } from './search-unread.ts'
import { type FindEventAnswer, tellDeadLetter, tellOnLog, tellStored, tellUnknown } from './tell-event.ts'

/** Who looks for which event. */
interface Search {
  readonly caller: Caller
  readonly eventId: string
}

const searchTimeoutMs = 3_000

/**
 * Where is my event, or the one of my site that was rejected last?
 * @throws RequestError PARAMETER_INVALID unless exactly one of the two is asked; LOG_DOWN or QUERY_TOO_SLOW rather than
 * UNKNOWN, when a place could not be searched to its end.
 */
export async function findEvent(
  reading: Reading & { readonly log: EventLog },
  request: FindEventRequest,
  caller: Caller,
): Promise<FindEventAnswer> {
  const { eventId, lastRejectedOfSite: siteId } = request
  if (siteId === 0) return findById(reading, { caller, eventId: checkEventId(eventId) })
  if (eventId !== '') {
    throw new RequestError('PARAMETER_INVALID', 'event_id and last_rejected_of_site: only one of them may be said')
  }
  return findLastRejected(reading, { caller, siteId })
}

/**
 * Stored, else a dead letter, else on the log. What is unread is noted before the tables are searched: an event that a worker
 * stores meanwhile is then found in the one place or in the other.
 */
async function findById(reading: Reading & { readonly log: EventLog }, search: Search): Promise<FindEventAnswer> {
  const unread = await reading.progress.unread()
  const stored = await findStored(reading, search)
  if (stored instanceof Object && 'rows' in stored && stored.rows.length > 0) return tellStored(stored)
  const dead = await findDeadLetter(reading, search)
  const letter = dead.rows[0]
  if (letter && letter.replayed_outcome !== 'accepted') return tellDeadLetter(dead)
  const { companyId } = search.caller
  const found: Found = await searchUnread(unread, (ranges) =>
    scanLog(reading.log, { companyId, eventId: search.eventId, ranges }),
  )
  if (typeof found === 'object') return tellOnLog(found.at, dead.meta)
  // A replay put it on the log while the other places were searched: all that is known here is the letter.
  if (letter) return tellDeadLetter(dead)
  if (stored instanceof RequestError) throw stored
  if (found === 'cut-short') throw tooMuchUnread()
  return tellUnknown(stored.meta)
}

/** Searches the day around the id's own time first; then all times. A search of all times that takes too long is a value. */
async function findStored(reading: Reading, search: Search): Promise<Answer | RequestError> {
  const ask = (from_time: string, to_time: string) =>
    answer(reading, {
      metric: 'find_event',
      caller: search.caller,
      parameters: { event_id: search.eventId, from_time, to_time },
      timeoutMs: searchTimeoutMs,
    })
  const period = periodOfId(search.eventId)
  if (period) {
    const near = await ask(period.from, period.to)
    if (near.rows.length > 0) return near
  }
  try {
    return await ask('-infinity', 'infinity')
  } catch (error) {
    if (error instanceof RequestError && error.code === 'QUERY_TOO_SLOW') return error
    throw error
  }
}

const findDeadLetter = (reading: Reading, search: Search): Promise<Answer> =>
  answer(reading, {
    metric: 'dead_letters',
    caller: search.caller,
    parameters: { event_id: search.eventId, reason: null, row_limit: 1, include_replayed: true },
    timeoutMs: searchTimeoutMs,
  })

const hourMicros = 3_600e6
const earliestMicros = Date.UTC(2000) * 1e3
const latestMicros = Date.UTC(2100) * 1e3

/**
 * A UUID of version 7 begins with milliseconds since 1970. Its event happened nearly then: 25 hours allow for the day by
 * which an event may lie ahead of its receipt, and an hour of a wrong clock.
 */
export function periodOfId(eventId: string): { from: string; to: string } | undefined {
  if (eventId[14] !== '7') return undefined
  const micros = Number.parseInt(eventId.replaceAll('-', '').slice(0, 12), 16) * 1e3
  if (micros < earliestMicros || micros >= latestMicros) return undefined
  return { from: toSqlTime(micros - 25 * hourMicros), to: toSqlTime(micros + 25 * hourMicros) }
}
