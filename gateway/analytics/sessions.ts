import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ListSessionEventsRequest,
  ListSessionEventsResponseSchema,
  ListSessionsRequest,
  ListSessionsResponseSchema,
  SessionRowSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { answer, type Caller, type Reading } from './answer.ts'
import { eventOf, numberOf, textOf, timeOf } from './columns.ts'
import { checkLimit, checkSessionId } from './parameters.ts'
import { cursorTime, microsOf, readCursor } from './question/cursor.ts'
import { readQuestion } from './question/read-question.ts'
import type { Row } from './run-statement.ts'

/** Which sessions began? */
export async function listSessions(
  reading: Reading,
  request: ListSessionsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListSessionsResponseSchema>> {
  const { common, filters, explain } = readQuestion(request.question)
  const row_limit = checkLimit(request.limit)
  const [time, id] = readCursor(request.after, /^(-?\d{1,16})\/(.{1,1000})$/su)
  const parameters = { ...common, before_time: cursorTime(time), before_id: id ? checkSessionId(id) : null, row_limit }
  const { rows, meta } = await answer(reading, { metric: 'sessions', caller, parameters, filters, explain })
  const last = rows.length < row_limit ? undefined : rows.at(-1)
  return {
    sessions: rows.map(sessionOf),
    next: last ? `${microsOf(timeOf(last, 'started_at')!)}/${last.session_id}` : '',
    meta,
  }
}

/** What happened in a session? */
export async function listSessionEvents(
  reading: Reading,
  request: ListSessionEventsRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ListSessionEventsResponseSchema>> {
  const row_limit = checkLimit(request.limit)
  const [time, sequence, id] = readCursor(request.after, /^(-?\d{1,16})\/(\d{1,18})\/([0-9a-f-]{36})$/)
  const { rows, meta } = await answer(reading, {
    metric: 'session_events',
    caller,
    parameters: {
      session_id: checkSessionId(request.sessionId),
      after_time: cursorTime(time),
      after_sequence: sequence ?? null,
      after_id: id ?? null,
      row_limit,
    },
  })
  // Fewer than asked for may be all, or what fits; one more question tells.
  const last = rows.at(-1)
  return {
    events: rows.map(eventOf),
    next: last ? `${microsOf(timeOf(last, 'event_timestamp')!)}/${last.sequence}/${last.event_id}` : '',
    meta,
  }
}

/** A session as readers see it. */
export function sessionOf(row: Row): MessageInitShape<typeof SessionRowSchema> {
  return {
    sessionId: textOf(row, 'session_id'),
    siteId: numberOf(row, 'site_id'),
    visitorId: textOf(row, 'visitor_id'),
    userId: textOf(row, 'user_id'),
    startedAt: timeOf(row, 'started_at')!,
    endedAt: timeOf(row, 'ended_at')!,
    events: numberOf(row, 'events'),
    pageViews: numberOf(row, 'page_views'),
    clicks: numberOf(row, 'clicks'),
    bounced: row.bounced === 't',
    entryPage: textOf(row, 'entry_page'),
    exitPage: textOf(row, 'exit_page'),
    referrer: textOf(row, 'referrer_domain'),
    channel: textOf(row, 'channel'),
    utmSource: textOf(row, 'utm_source'),
    utmMedium: textOf(row, 'utm_medium'),
    utmCampaign: textOf(row, 'utm_campaign'),
    deviceType: textOf(row, 'device_type'),
    browser: textOf(row, 'browser'),
    os: textOf(row, 'os'),
    country: textOf(row, 'country'),
    region: textOf(row, 'region'),
    city: textOf(row, 'city'),
    isBot: row.is_bot === 't',
  }
}
