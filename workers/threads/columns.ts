import { eventBytesOf } from '../../eventlog/record.ts'
import { Action, Num, Text } from '../../eventlog/record-fields.ts'
import type { RecordView } from '../../eventlog/record-view.ts'
import { type StageColumn, stageColumns } from '../../sql/stage.ts'
import { sessionIdLength } from '../sessionize/session-id.ts'
import { actionValue, keyName } from './action.ts'
import type { CopyWriter } from './copy-writer.ts'
import { ipBytes, ipv4Number } from './ip-address.ts'
import type { Row } from './row.ts'

/** Writes one column of a row. */
type WriteColumn = (row: Row, out: CopyWriter) => void

/** Languages and time zones are grouped by; the real ones are under 40 bytes. */
const tagBytesMax = 100

/** How each column of `stage_events` is written; the order is that of `stageColumns`, whatever the order here. */
const columns: Readonly<Record<StageColumn, WriteColumn>> = {
  company_id: ({ record }, out) => out.int4(record.number(Num.companyId)),
  event_timestamp: ({ record }, out) => out.timestamptz(record.number(Num.eventTimeUs)),
  event_id: ({ record }, out) => out.sent(record, Text.eventId),
  site_id: ({ record }, out) => out.int4(record.number(Num.siteId)),
  log_offset: ({ logOffset }, out) => out.int8(logOffset),
  received_at: ({ record }, out) => out.timestamptz(record.number(Num.receivedAtUs)),
  // Never null: it orders events of one time, and 0 is the sender's own "not counted".
  sequence: ({ record }, out) => out.int8(record.number(Num.sequence)),
  is_bot: ({ found }, out) => out.bool(found.agent.botReason !== ''),
  text_repaired: ({ repaired }, out) => out.bool(repaired),
  event_type: ({ type }, out) => out.text(type),
  event_name: ({ record }, out) => name(record, out),
  session_id: ({ record }, out) => out.sent(record, Text.sessionId),
  visitor_id: ({ record, madeVisitorId }, out) =>
    madeVisitorId === undefined ? out.sent(record, Text.visitorId) : out.text(madeVisitorId),
  user_id: ({ record }, out) => out.sent(record, Text.userId),
  page_url: ({ record }, out) => out.sent(record, Text.pageUrl),
  page_path: ({ found }, out) => out.text(found.arrival.pagePath),
  page_title: ({ record }, out) => out.sent(record, Text.pageTitle),
  last_page_url: ({ record }, out) => out.sent(record, Text.pageReferrer),
  referrer_domain: ({ found }, out) => out.text(found.arrival.referrerDomain),
  channel: ({ found }, out) => out.text(found.arrival.channel),
  utm_source: ({ found }, out) => out.text(found.arrival.utmSource),
  utm_medium: ({ found }, out) => out.text(found.arrival.utmMedium),
  utm_campaign: ({ found }, out) => out.text(found.arrival.utmCampaign),
  utm_term: ({ found }, out) => out.text(found.arrival.utmTerm),
  utm_content: ({ found }, out) => out.text(found.arrival.utmContent),
  element_selector: ({ record }, out) => out.sent(record, Text.elementSelector),
  element_text: ({ record }, out) => out.sent(record, Text.elementText),
  element_type: ({ record }, out) => out.sent(record, Text.elementType),
  target_url: ({ record }, out) => out.sent(record, Text.targetUrl),
  agent_key: ({ found: { agent } }, out) => (agent.key === undefined ? out.null() : out.bigint(agent.key)),
  ip_address: ({ record }, out) => address(record, out),
  device_type: ({ found }, out) => out.text(found.agent.deviceType),
  browser: ({ found }, out) => out.text(found.agent.browser),
  os: ({ found }, out) => out.text(found.agent.os),
  country: ({ found }, out) => out.text(found.place.country),
  region: ({ found }, out) => out.text(found.place.region),
  city: ({ found }, out) => out.text(found.place.city),
  language: ({ record }, out) => out.sent(record, Text.language, tagBytesMax),
  time_zone: ({ record }, out) => out.sent(record, Text.timeZone, tagBytesMax),
  screen: ({ record }, out) => size(record.number(Num.screenWidth), record.number(Num.screenHeight), out),
  viewport: ({ record }, out) => size(record.number(Num.viewportWidth), record.number(Num.viewportHeight), out),
  x_coordinate: ({ record }, out) => coordinate(record, Num.x, out),
  y_coordinate: ({ record }, out) => coordinate(record, Num.y, out),
  value: ({ record }, out) => value(record, out),
  duration_ms: ({ record }, out) => count(record.number(Num.durationMs), out),
  load_ms: ({ record }, out) => count(record.number(Num.loadMs), out),
  session_duration_seconds: ({ record }, out) => count(record.number(Num.sessionDurationSeconds), out),
  sent_skew_ms: ({ record }, out) => skew(record, out),
  bot_reason: ({ found }, out) => out.text(found.agent.botReason),
  experiments: ({ experiments }, out) => out.jsonText(experiments),
  metadata: ({ record, unusualMetadata }, out) =>
    unusualMetadata === undefined ? out.jsonText(record.propertiesJson) : out.jsonb(unusualMetadata),
  unread_bytes: ({ record }, out) => unread(record, out),
}

/** The event as it was sent, where a later version of the contract can read more of it than this one. */
function unread(record: RecordView, out: CopyWriter): void {
  const bytes = record.hasUnread ? eventBytesOf(record.bytes) : undefined
  if (bytes === undefined) out.null()
  else out.bytes(bytes, 0, bytes.length)
}

const writers: readonly WriteColumn[] = stageColumns.map(([name]) => columns[name])
const sessionColumn = stageColumns.findIndex(([name]) => name === 'session_id')
const repairedColumn = stageColumns.findIndex(([name]) => name === 'text_repaired')

/** Writes a row. Returns the position of the place kept free for its session's id, or -1 if it needs none. */
export function writeRow(row: Row, out: CopyWriter): number {
  const needsSession = row.hasVisitor && row.record.length(Text.sessionId) === 0
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
function address(record: RecordView, out: CopyWriter): void {
  if (record.length(Text.ipAddress) === 0) {
    out.null()
    return
  }
  const ipv4 = ipv4Number(record.bytes, record.start(Text.ipAddress), record.end(Text.ipAddress))
  if (ipv4 !== undefined) out.inet4(ipv4)
  else otherAddress(record.text(Text.ipAddress), out)
}

function otherAddress(text: string, out: CopyWriter): void {
  const bytes = ipBytes(text)
  if (bytes === undefined) out.null()
  else out.inet(bytes)
}

/** Name of a custom event or web vital, or category of a key. */
function name(record: RecordView, out: CopyWriter): void {
  if (record.number(Num.action) === Action.keydown) out.text(keyName(record))
  else out.sent(record, Text.name)
}

function value(record: RecordView, out: CopyWriter): void {
  const measure = actionValue(record)
  if (measure === undefined) out.null()
  else out.float8(measure)
}

function coordinate(record: RecordView, place: number, out: CopyWriter): void {
  if (record.number(Num.position) === 0) out.null()
  else out.int4(record.number(place))
}

function size(width: number, height: number, out: CopyWriter): void {
  if (width === 0 || height === 0) out.null()
  else out.size(width, height)
}

function skew(record: RecordView, out: CopyWriter): void {
  const skewMs = record.number(Num.skewMs)
  if (Number.isNaN(skewMs)) out.null()
  else out.int4(skewMs)
}
