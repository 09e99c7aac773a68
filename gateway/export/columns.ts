/** How the value of a column is written: as text, a number, true or false, a time, JSON as it is, or bytes in base64. */
export type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'json' | 'bytes'

/** A column of an export. */
export interface Column {
  readonly name: string
  readonly kind: Kind
}

/** A stored event, in the order of `columns`: each column as Postgres writes it, or null. */
export type EventCells = readonly (string | null)[]

const kinds: Readonly<Record<string, Kind>> = {
  company_id: 'integer',
  event_timestamp: 'time',
  event_id: 'text',
  site_id: 'integer',
  log_partition: 'integer',
  log_offset: 'integer',
  received_at: 'time',
  sequence: 'integer',
  is_bot: 'boolean',
  text_repaired: 'boolean',
  event_type: 'text',
  event_name: 'text',
  session_id: 'text',
  visitor_id: 'text',
  user_id: 'text',
  page_url: 'text',
  page_path: 'text',
  page_title: 'text',
  last_page_url: 'text',
  referrer_domain: 'text',
  channel: 'text',
  utm_source: 'text',
  utm_medium: 'text',
  utm_campaign: 'text',
  utm_term: 'text',
  utm_content: 'text',
  element_selector: 'text',
  element_text: 'text',
  element_type: 'text',
  target_url: 'text',
  user_agent: 'text',
  ip_address: 'text',
  device_type: 'text',
  browser: 'text',
  browser_version: 'text',
  os: 'text',
  os_version: 'text',
  country: 'text',
  region: 'text',
  city: 'text',
  language: 'text',
  time_zone: 'text',
  screen: 'text',
  viewport: 'text',
  x_coordinate: 'integer',
  y_coordinate: 'integer',
  value: 'number',
  duration_ms: 'integer',
  load_ms: 'integer',
  session_duration_seconds: 'integer',
  sent_skew_ms: 'integer',
  bot_reason: 'text',
  experiments: 'json',
  metadata: 'json',
  unread_bytes: 'bytes',
}

/** The columns of the view user_events, in its order; sql/metrics/export_events.sql answers them so. */
export const columns: readonly Column[] = Object.entries(kinds).map(([name, kind]) => ({ name, kind }))

/** A timestamptz as Postgres writes it in UTC, as ISO 8601 with microseconds: "2026-11-10T10:00:00.123456Z". */
export function isoTime(text: string): string {
  const [, day, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? []
  if (day === undefined) throw new Error(`not a time in UTC as Postgres writes it: ${text}`)
  return `${day}T${time}.${fraction.padEnd(6, '0')}Z`
}

/** A bytea as Postgres writes it, "\x" and hexadecimal digits, in base64. */
export const base64Of = (text: string): string => Buffer.from(text.slice(2), 'hex').toString('base64')
