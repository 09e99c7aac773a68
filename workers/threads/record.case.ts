import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import { type EnvelopeHeader, encodeRecord } from '../../eventlog/record.ts'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'

/** 2026-11-22T09:00:00Z in microseconds. */
export const noonUs = Date.UTC(2026, 10, 22, 9) * 1000

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

export type EventShape = MessageInitShape<typeof EventSchema>

/** An ordinary envelope for tests; the id is made of the number. */
export function header(number: number, change: Partial<EnvelopeHeader> = {}): EnvelopeHeader {
  const eventId = new Uint8Array(16)
  new DataView(eventId.buffer).setUint32(12, number)
  eventId[6] = 0x70
  eventId[8] = 0x80
  return {
    companyId: 1,
    siteId: 2,
    receivedAtUs: BigInt(noonUs),
    eventId,
    eventTimeUs: BigInt(noonUs),
    ipAddress: '81.2.69.142',
    userAgent: chrome,
    door: Door.BEACON,
    contractVersion: 1,
    visitorId: `v${number}`,
    ...change,
  }
}

/** An ordinary page view. */
export const pageView: EventShape = {
  sessionId: 's1',
  page: { url: 'https://example.com/a?utm_source=news', title: 'A', referrer: 'https://www.google.com/' },
  device: { language: 'pt-BR', timeZone: 'Europe/Lisbon', screenWidth: 1920, screenHeight: 1080 },
  properties: { plan: 'pro', price: 12.5 },
  action: { case: 'pageView', value: { loadMs: 812 } },
}

/** A record as the gateway writes it; without an event, a rejected one. */
export function record(offset: number, event: EventShape | undefined, change: Partial<EnvelopeHeader> = {}): LogRecord {
  const bytes = event && toBinary(EventSchema, create(EventSchema, event))
  return { offset, key: new Uint8Array(), value: encodeRecord(header(offset, change), bytes) }
}
