import { randomUUID } from 'node:crypto'
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import type { NewRecord } from '../../eventlog/eventlog.ts'
import { encodeRecord, partitionOf, sessionKey } from '../../eventlog/record.ts'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'

/** What a test says of an event on the log; what is absent gets a plain value. Times in ms since 1970. */
export interface LoggedEvent {
  readonly companyId?: number
  readonly siteId?: number
  readonly eventId?: string
  readonly timeMs?: number
  readonly receivedMs?: number
  readonly sessionId?: string
  readonly visitorId?: string
  readonly sequence?: number
  readonly url?: string
  readonly action?: NonNullable<MessageInitShape<typeof EventSchema>['action']>
}

const plainUserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** The record the gateway would append for an event: keyed by session, or by visitor if it has none. */
export function logRecord(event: LoggedEvent, partitions: number): NewRecord {
  const { companyId = 1, siteId = 1, eventId = randomUUID(), timeMs = Date.now(), receivedMs = Date.now() } = event
  const { sessionId = '', visitorId = '' } = event
  const message = create(EventSchema, {
    eventId,
    eventTime: { seconds: BigInt(Math.floor(timeMs / 1_000)), nanos: (Math.floor(timeMs) % 1_000) * 1_000_000 },
    sessionId,
    visitorId,
    sequence: event.sequence ?? 0,
    page: { url: event.url ?? 'https://example.com/a', title: 'A' },
    action: event.action ?? { case: 'pageView', value: { loadMs: 120 } },
  })
  const value = encodeRecord(
    {
      companyId,
      siteId,
      receivedAtUs: BigInt(Math.floor(receivedMs)) * 1_000n,
      eventId: Buffer.from(eventId.replaceAll('-', ''), 'hex'),
      eventTimeUs: BigInt(Math.floor(timeMs)) * 1_000n,
      userAgent: plainUserAgent,
      visitorId,
      contractVersion: 1,
    },
    toBinary(EventSchema, message),
  )
  const key = sessionKey(companyId, sessionId || visitorId)
  return { partition: partitionOf(key, partitions), key, value }
}

/** An event that says its id. */
export type KnownEvent = LoggedEvent & { readonly eventId: string }

/** Events of some sessions, some without a session but with a visitor; every `resendEvery`-th is followed by a copy of another. */
export function mixedEvents(count: number, resendEvery = 7): KnownEvent[] {
  const made: KnownEvent[] = []
  for (let i = 0; i < count; i++) {
    const who = i % 3 === 0 ? { visitorId: `v${i % 40}` } : { sessionId: `s${i % 50}`, visitorId: `v${i % 50}` }
    made.push({ eventId: randomUUID(), timeMs: Date.UTC(2026, 10, 1) + i * 1_000, sequence: i, ...who })
    if ((i + 1) % resendEvery === 0) made.push(made[Math.floor(made.length / 2)]!)
  }
  return made
}

/** Their ids, copies included. */
export const idsOf = (events: readonly KnownEvent[]): string[] => events.map(({ eventId }) => eventId)
