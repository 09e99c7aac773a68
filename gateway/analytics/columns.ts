import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RecentEventSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { Row } from './run-statement.ts'
import { fromSqlTime, type TimestampFields } from './time.ts'

/** A count or measure; whole numbers are exact up to 2^53, and null (nothing to measure) is 0. */
export const numberOf = (row: Row, column: string): number => Number(row[column] ?? 0)

/** Text; null is empty, as absent text is in protobuf. */
export const textOf = (row: Row, column: string): string => row[column] ?? ''

/** Bytes, as Postgres writes a bytea: "\\x" and hexadecimal digits. */
export const bytesOf = (row: Row, column: string): Buffer => Buffer.from(textOf(row, column).slice('\\x'.length), 'hex')

/** A time, or undefined for null. */
export function timeOf(row: Row, column: string): TimestampFields | undefined {
  const text = row[column]
  return text === null || text === undefined ? undefined : fromSqlTime(text)
}

/** A stored event as readers see it. */
export function eventOf(row: Row): MessageInitShape<typeof RecentEventSchema> {
  const eventTime = timeOf(row, 'event_timestamp')
  const receivedAt = timeOf(row, 'received_at')
  return {
    eventId: textOf(row, 'event_id'),
    eventType: textOf(row, 'event_type'),
    eventName: textOf(row, 'event_name'),
    siteId: numberOf(row, 'site_id'),
    sessionId: textOf(row, 'session_id'),
    visitorId: textOf(row, 'visitor_id'),
    userId: textOf(row, 'user_id'),
    pageUrl: textOf(row, 'page_url'),
    deviceType: textOf(row, 'device_type'),
    browser: textOf(row, 'browser'),
    os: textOf(row, 'os'),
    country: textOf(row, 'country'),
    region: textOf(row, 'region'),
    city: textOf(row, 'city'),
    channel: textOf(row, 'channel'),
    isBot: row.is_bot === 't',
    ...(row.metadata ? { properties: JSON.parse(row.metadata) } : {}),
    ...(eventTime ? { eventTime } : {}),
    ...(receivedAt ? { receivedAt } : {}),
  }
}
