import type { MessageInitShape } from '@bufbuild/protobuf'
import type { EventLog } from '../../eventlog/eventlog.ts'
import {
  EventState,
  type FindEventRequest,
  type FindEventResponseSchema,
} from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { type Answer, answer, type Caller, type Reading } from '../analytics/answer.ts'
import { eventOf, numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkEventId } from '../analytics/parameters.ts'
import type { UnreadRange } from '../analytics/progress.ts'
import { fromMicros, toSqlTime } from '../analytics/time.ts'
import { RequestError } from '../errors.ts'
import { letterIdOf } from './letter-id.ts'
import { type Found, scanLog } from './scan-log.ts'

type FindEventAnswer = MessageInitShape<typeof FindEventResponseSchema>

/** Who looks for which event. */
interface Search {
  readonly caller: Caller
  readonly eventId: string
}

const searchTimeoutMs = 3_000

/**
 * Where is my event? Stored, else a dead letter, else on the log. What is unread is noted before the tables are searched:
 * an event that a worker stores meanwhile is then found in the one place or in the other.
 * @throws RequestError LOG_DOWN or QUERY_TOO_SLOW rather than UNKNOWN, when a place could not be searched to its end.
 */
export async function findEvent(
  reading: Reading & { readonly log: EventLog },
  request: FindEventRequest,
  caller: Caller,
): Promise<FindEventAnswer> {
  const search: Search = { caller, eventId: checkEventId(request.eventId) }
  const unread = await reading.progress.unread()
  const stored = await findStored(reading, search)
  if (stored instanceof Object && 'rows' in stored && stored.rows.length > 0) return storedAnswer(stored)
  const dead = await findDeadLetter(reading, search)
  const letter = dead.rows[0]
  if (letter && letter.replayed_outcome !== 'accepted') return deadLetterAnswer(dead)
  const found = await findOnLog(reading.log, search, unread)
  if (typeof found === 'object') {
    const { partition, offset, receivedAtUs } = found.at
    return {
      state: EventState.ON_LOG,
      logPartition: partition,
      logOffset: BigInt(offset),
      receivedAt: fromMicros(Number(receivedAtUs)),
      meta: dead.meta,
    }
  }
  // A replay put it on the log while the other places were searched: all that is known here is the letter.
  if (letter) return deadLetterAnswer(dead)
  if (stored instanceof RequestError) throw stored
  if (found === 'cut-short') {
    throw new RequestError(
      'QUERY_TOO_SLOW',
      'The event is not stored yet, and too much of the log is unread to look there',
    )
  }
  return { state: EventState.UNKNOWN, meta: stored.meta }
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

async function findOnLog(log: EventLog, search: Search, ranges: readonly UnreadRange[] | undefined): Promise<Found> {
  if (!ranges) throw new RequestError('LOG_DOWN', 'The event is not stored, and may lie on the log')
  try {
    return await scanLog(log, { companyId: search.caller.companyId, eventId: search.eventId, ranges })
  } catch (cause) {
    throw new RequestError('LOG_DOWN', 'The event is not stored, and may lie on the log', { cause })
  }
}

function storedAnswer(stored: Answer): FindEventAnswer {
  const row = stored.rows[0]!
  const receivedAt = timeOf(row, 'received_at')
  return {
    state: EventState.STORED,
    logPartition: numberOf(row, 'log_partition'),
    logOffset: BigInt(textOf(row, 'log_offset')),
    event: eventOf(row),
    meta: stored.meta,
    ...(receivedAt ? { receivedAt } : {}),
  }
}

function deadLetterAnswer(dead: Answer): FindEventAnswer {
  const row = dead.rows[0]!
  const receivedAt = timeOf(row, 'received_at')
  return {
    state: EventState.DEAD_LETTER,
    logPartition: numberOf(row, 'log_partition'),
    logOffset: BigInt(textOf(row, 'log_offset')),
    reason: textOf(row, 'reason'),
    field: textOf(row, 'field'),
    message: textOf(row, 'message'),
    deadLetterId: letterIdOf(row),
    meta: dead.meta,
    ...(receivedAt ? { receivedAt } : {}),
  }
}

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
