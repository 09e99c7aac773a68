import { type StageColumn, stageColumns } from '../../sql/stage.ts'
import { cutText } from '../enrich/cut-text.ts'
import { sessionIdLength } from '../sessionize/session-id.ts'
import type { CopyWriter } from './copy-writer.ts'
import { ipBytes } from './ip-address.ts'
import type { Row } from './row.ts'

/** Writes one column of a row. */
type WriteColumn = (row: Row, out: CopyWriter) => void

/** User agents come from a request's header, which has no limit in the contract: cut, never refused. */
const userAgentBytesMax = 2048
/** Languages and time zones are grouped by; the real ones are under 40 bytes. */
const tagBytesMax = 100

/** How each column of `stage_events` is written; the order is that of `stageColumns`, whatever the order here. */
const columns: Readonly<Record<StageColumn, WriteColumn>> = {
  company_id: ({ envelope }, out) => out.int4(envelope.companyId),
  event_timestamp: ({ envelope }, out) => out.timestamptz(Number(envelope.eventTimeUs)),
  event_id: ({ envelope }, out) => out.bytes(envelope.eventId),
  site_id: ({ envelope }, out) => out.int4(envelope.siteId),
  log_offset: ({ logOffset }, out) => out.int8(logOffset),
  received_at: ({ envelope }, out) => out.timestamptz(Number(envelope.receivedAtUs)),
  // Never null: it orders events of one time, and 0 is the sender's own "not counted".
  sequence: ({ event }, out) => out.int8(event.sequence),
  is_bot: ({ found }, out) => out.bool(found.isBot),
  text_repaired: ({ repaired }, out) => out.bool(repaired),
  event_type: ({ action }, out) => out.text(action.type),
  event_name: ({ action }, out) => out.text(action.name),
  session_id: ({ event }, out) => out.text(event.sessionId),
  visitor_id: ({ visitorId }, out) => out.text(visitorId),
  user_id: ({ event }, out) => out.text(event.userId),
  page_url: ({ event }, out) => out.text(event.page?.url ?? ''),
  page_path: ({ found }, out) => out.text(found.pagePath),
  page_title: ({ event }, out) => out.text(event.page?.title ?? ''),
  last_page_url: ({ event }, out) => out.text(event.page?.referrer ?? ''),
  referrer_domain: ({ found }, out) => out.text(found.referrerDomain),
  channel: ({ found }, out) => out.text(found.channel),
  utm_source: ({ found }, out) => out.text(found.utmSource),
  utm_medium: ({ found }, out) => out.text(found.utmMedium),
  utm_campaign: ({ found }, out) => out.text(found.utmCampaign),
  utm_term: ({ found }, out) => out.text(found.utmTerm),
  utm_content: ({ found }, out) => out.text(found.utmContent),
  element_selector: ({ action }, out) => out.text(action.element?.selector ?? ''),
  element_text: ({ action }, out) => out.text(action.element?.text ?? ''),
  element_type: ({ action }, out) => out.text(action.element?.type ?? ''),
  target_url: ({ action }, out) => out.text(action.targetUrl),
  user_agent: ({ envelope }, out) => out.text(cutText(envelope.userAgent, userAgentBytesMax)),
  ip_address: ({ envelope }, out) => address(envelope.ipAddress, out),
  device_type: ({ found }, out) => out.text(found.deviceType),
  browser: ({ found }, out) => out.text(found.browser),
  browser_version: ({ found }, out) => out.text(found.browserVersion),
  os: ({ found }, out) => out.text(found.os),
  os_version: ({ found }, out) => out.text(found.osVersion),
  country: ({ found }, out) => out.text(found.country),
  region: ({ found }, out) => out.text(found.region),
  city: ({ found }, out) => out.text(found.city),
  language: ({ event }, out) => out.text(cutText(event.device?.language ?? '', tagBytesMax)),
  time_zone: ({ event }, out) => out.text(cutText(event.device?.timeZone ?? '', tagBytesMax)),
  screen: ({ event: { device } }, out) => out.text(size(device?.screenWidth, device?.screenHeight)),
  viewport: ({ event: { device } }, out) => out.text(size(device?.viewportWidth, device?.viewportHeight)),
  x_coordinate: ({ action: { position } }, out) => (position ? out.int4(position.x) : out.null()),
  y_coordinate: ({ action: { position } }, out) => (position ? out.int4(position.y) : out.null()),
  value: ({ action: { value } }, out) => (value === undefined ? out.null() : out.float8(value)),
  duration_ms: ({ action }, out) => count(action.durationMs, out),
  load_ms: ({ action }, out) => count(action.loadMs, out),
  session_duration_seconds: ({ event }, out) => count(event.sessionDurationSeconds, out),
  sent_skew_ms: ({ envelope: { skewMs } }, out) => (skewMs === undefined ? out.null() : out.int4(skewMs)),
  bot_reason: ({ found }, out) => out.text(found.botReason),
  experiments: ({ experiments }, out) => json(experiments, out),
  metadata: ({ metadata }, out) => json(metadata, out),
}

const writers: readonly WriteColumn[] = stageColumns.map(([name]) => columns[name])
const sessionColumn = stageColumns.findIndex(([name]) => name === 'session_id')
const repairedColumn = stageColumns.findIndex(([name]) => name === 'text_repaired')

/** Writes a row. Returns the position of the place kept free for its session's id, or -1 if it needs none. */
export function writeRow(row: Row, out: CopyWriter): number {
  const needsSession = row.event.sessionId === '' && row.visitorId !== ''
  let sessionAt = -1
  let repairedAt = 0
  out.repaired = false
  out.beginRow(writers.length)
  for (let column = 0; column < writers.length; column++) {
    if (column === repairedColumn) repairedAt = out.position
    if (needsSession && column === sessionColumn) sessionAt = out.placeholder(sessionIdLength)
    else writers[column]!(row, out)
  }
  if (out.repaired) out.setBool(repairedAt)
  return sessionAt
}

/** The contract's 0 is "not counted". */
function count(value: number, out: CopyWriter): void {
  if (value === 0) out.null()
  else out.int8(value)
}

/** What is no address is left out: the event is worth more than where it came from. */
function address(text: string, out: CopyWriter): void {
  const bytes = text === '' ? undefined : ipBytes(text)
  if (bytes === undefined) out.null()
  else out.inet(bytes)
}

function json(text: string | undefined, out: CopyWriter): void {
  if (text === undefined) out.null()
  else out.jsonb(text)
}

function size(width = 0, height = 0): string {
  return width === 0 || height === 0 ? '' : `${width}x${height}`
}
