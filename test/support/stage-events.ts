import type pg from 'pg'

/** An event as a test writes it into the stage; what is absent gets a plain value. */
export interface StagedEvent {
  readonly companyId?: number
  readonly siteId?: number
  readonly eventId: string
  readonly timeMs: number
  readonly offset: number
  readonly receivedMs?: number
  readonly sequence?: number
  readonly isBot?: boolean
  readonly type?: string
  readonly name?: string
  readonly sessionId?: string
  readonly visitorId?: string
  readonly userId?: string
  readonly pagePath?: string
  readonly country?: string
}

/** Puts events into stage_events of this connection by plain inserts, as the worker's COPY does faster. */
export async function stageEvents(client: pg.ClientBase, events: readonly StagedEvent[]): Promise<void> {
  await client.query('select stage_prepare()')
  await client.query(
    `insert into stage_events (
       company_id, site_id, event_id, event_timestamp, log_offset, received_at, sequence, is_bot, text_repaired,
       event_type, event_name, session_id, visitor_id, user_id, page_path, country)
     select company_id, site_id, event_id, to_timestamp(time_ms / 1000), log_offset, to_timestamp(received_ms / 1000),
            sequence, is_bot, false, event_type, event_name, session_id, visitor_id, user_id, page_path, country
     from jsonb_to_recordset($1) as e (
       company_id int, site_id int, event_id uuid, time_ms double precision, log_offset bigint,
       received_ms double precision, sequence bigint, is_bot boolean, event_type text, event_name text,
       session_id text, visitor_id text, user_id text, page_path text, country text)`,
    [JSON.stringify(events.map(toRow))],
  )
}

function toRow(event: StagedEvent): Record<string, unknown> {
  return {
    company_id: event.companyId ?? 1,
    site_id: event.siteId ?? 1,
    event_id: event.eventId,
    time_ms: event.timeMs,
    log_offset: event.offset,
    received_ms: event.receivedMs ?? event.timeMs,
    sequence: event.sequence ?? 0,
    is_bot: event.isBot ?? false,
    event_type: event.type ?? 'page_view',
    event_name: event.name,
    session_id: event.sessionId,
    visitor_id: event.visitorId,
    user_id: event.userId,
    page_path: event.pagePath,
    country: event.country,
  }
}

/** The `taken` part of apply_batch's last argument, counted from the events themselves. */
export function takenOf(events: readonly StagedEvent[]): [company: number, minuteMs: number, count: number][] {
  const counts = new Map<string, [number, number, number]>()
  for (const event of events) {
    const company = event.companyId ?? 1
    const received = event.receivedMs ?? event.timeMs
    const minute = received - (received % 60_000)
    const entry = counts.get(`${company}:${minute}`) ?? [company, minute, 0]
    entry[2] += 1
    counts.set(`${company}:${minute}`, entry)
  }
  return [...counts.values()]
}
