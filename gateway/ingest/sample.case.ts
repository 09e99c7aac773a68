import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { Key } from '../keys.ts'
import type { Privacy } from '../privacy.ts'
import type { Sender } from './sender.ts'

/** When the events of the tests are received. */
export const receivedAtMs = Date.UTC(2026, 10, 22, 9, 0, 0)

export type EventInit = MessageInitShape<typeof EventSchema>

export const sampleId = '0197a3c2-1f00-7abc-8def-0123456789ab'

/** A complete click, changed as asked. */
export const sampleEvent = (change: EventInit = {}): EventInit =>
  ({
    eventId: sampleId,
    eventTime: timestampFromMs(receivedAtMs - 1_000),
    sessionId: 's1',
    sequence: 3,
    visitorId: 'v1',
    userId: 'u1',
    page: { url: 'https://example.com/a', title: 'A', referrer: 'https://example.org/' },
    device: { screenWidth: 1920, language: 'pt-BR' },
    experiments: [{ experimentId: 'checkout', variant: 'B' }],
    properties: { plan: 'pro', price: 12.5, tags: ['a', null, { deep: true }] },
    action: { case: 'click', value: { element: { selector: '#buy' }, position: { x: -1, y: 20 } } },
    ...change,
  }) as EventInit

/** An event in protobuf form. */
export const bytesOf = (event: EventInit): Buffer => Buffer.from(toBinary(EventSchema, create(EventSchema, event)))

/** Everything is kept but the last part of IP addresses, changed as asked. */
export const samplePrivacy = (change: Partial<Privacy> = {}): Privacy => ({
  ipMode: 'cut',
  cookieless: false,
  deniedProperties: [],
  respectDoNotTrack: false,
  ...change,
})

export const sampleKey = (change: Partial<Key> = {}): Key => ({
  keyId: 'uf_w_1234',
  kind: 'write',
  companyId: 7,
  siteId: 11,
  scopes: ['ingest'],
  allowedOrigins: [],
  privacy: samplePrivacy(),
  ...change,
})

/** A browser behind the Connect door. */
export const sampleSender = (change: Partial<Sender> = {}): Sender => ({
  key: sampleKey(),
  ip: '203.0.113.77',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
  hints: { platform: 'Linux', platformVersion: '6.8', mobile: false, model: '' },
  countryHeader: 'pt',
  door: Door.CONNECT,
  receivedAtUs: receivedAtMs * 1_000,
  ...change,
})
