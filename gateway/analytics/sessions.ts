import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ListSessionEventsRequest,
  ListSessionEventsResponseSchema,
  ListSessionsRequest,
  ListSessionsResponseSchema,
  SessionRowSchema,
} from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { invalid } from '../errors.ts'

import { answer, type Caller, type Reading } from './answer.ts'
import { eventOf, numberOf, textOf, timeOf } from './columns.ts'
import { checkLimit, checkSessionId } from './parameters.ts'
import { readQuestion } from './question/read-question.ts'
import type { Row } from './run-statement.ts'
import { toMicros, toSqlTime } from './time.ts'

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
    next: last ? `${microsOf(last, 'started_at')}/${last.session_id}` : '',
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
    next: last ? `${microsOf(last, 'event_timestamp')}/${last.sequence}/${last.event_id}` : '',
    meta,
  }
}

/** The parts of `next` of an answer before; nothing when it is empty. @throws PARAMETER_INVALID */
function readCursor(after: string, form: RegExp): readonly (string | undefined)[] {
  if (after === '') return []
  const found = form.exec(after)
  if (!found) throw invalid('after', 'must be `next` of the answer before')
  return found.slice(1)
}

const cursorTime = (micros: string | undefined): string | null => (micros ? toSqlTime(Number(micros)) : null)

const microsOf = (row: Row, column: string): number =>
  toMicros({ $typeName: 'google.protobuf.Timestamp', ...timeOf(row, column)! })

function sessionOf(row: Row): MessageInitShape<typeof SessionRowSchema> {
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
