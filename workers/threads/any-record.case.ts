import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import type { EnvelopeHeader } from '../../eventlog/record.ts'
import type { EventShape } from './record.case.ts'

/** Mostly the first: an event with twenty faults only shows that the first one is found. */
const rarely = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare })

export const nasty = rarely(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ maxLength: 40 }),
    fc.constantFrom('', '\0', 'a\0b', '\ud800', '\udc00x', '\\u0000', '"\\', '😀'.repeat(50)),
  ),
  fc.constantFrom('x'.repeat(8192), 'x'.repeat(9000), '\u0800'.repeat(2731), 'x'.repeat(201)),
)
const url = fc.oneof(
  nasty,
  fc.webUrl({ withQueryParameters: true }),
  nasty.map((text) => `https://a.example/${text}?utm_source=%00${text}`),
)
const uint32 = fc.oneof(
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
)
const id = rarely(fc.integer({ min: 1, max: 0x7fff_ffff }), uint32)
const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff })
const time = rarely(
  fc.bigInt({ min: 946_684_800_000_000n, max: 4_133_980_799_999_999n }),
  fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, 946_684_799_999_999n)),
)
export const properties = fc.dictionary(
  fc.oneof(nasty, fc.constantFrom('__proto__', 'constructor', 'toJSON')),
  fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    nasty,
    rarely(fc.double({ noNaN: true, min: -1e308, max: 1e308 }), fc.double()),
    fc.integer({ min: 20, max: 33 }).map((depth) => nested(depth)),
  ),
  { maxKeys: 6 },
)
const element = fc.record({ selector: nasty, text: nasty, type: nasty }, { requiredKeys: [] })
const position = fc.record({ x: int32, y: int32 })

function nested(depth: number): never {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value }
  return value as never
}

const action = fc.oneof(
  uint32.map((loadMs) => ({ case: 'pageView', value: { loadMs } })),
  fc.record({ element, position, targetUrl: url }).map((value) => ({ case: 'click', value })),
  fc.record({ depthPercent: uint32, position }).map((value) => ({ case: 'scroll', value })),
  fc.record({ element, targetUrl: url, durationMs: uint32 }).map((value) => ({ case: 'formSubmit', value })),
  fc.record({ element, position, durationMs: uint32 }).map((value) => ({ case: 'hover', value })),
  fc
    .record({ element, category: fc.integer({ min: 0, max: 99 }), count: uint32 })
    .map((value) => ({ case: 'keydown', value })),
  fc
    .record({ name: nasty, value: rarely(fc.double({ noNaN: true, min: 0, max: 1e308 }), fc.double()) })
    .map((value) => ({ case: 'webVital', value })),
  nasty.map((name) => ({ case: 'custom', value: { name } })),
)
export const anyEvent = fc.record(
  {
    sessionId: nasty,
    sequence: uint32,
    userId: nasty,
    page: fc.record({ url, title: nasty, referrer: url }),
    device: fc.record({
      screenWidth: uint32,
      screenHeight: uint32,
      language: nasty,
      timeZone: nasty,
      userAgent: nasty,
    }),
    experiments: fc.array(fc.record({ experimentId: nasty, variant: nasty }), { maxLength: 51 }),
    properties,
    sessionDurationSeconds: uint32,
    action,
  },
  { requiredKeys: ['action'] },
) as unknown as fc.Arbitrary<EventShape>
export const anyHeader = fc.record(
  {
    companyId: id,
    siteId: id,
    receivedAtUs: time,
    eventTimeUs: time,
    eventId: rarely(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ maxLength: 20 })),
    ipAddress: fc.oneof(fc.ipV4(), fc.ipV6(), nasty),
    userAgent: nasty,
    door: fc.integer({ min: 0, max: 9 }),
    skewMs: int32,
    visitorId: nasty,
    hintPlatform: nasty,
    hintPlatformVersion: nasty,
    hintModel: nasty,
    countryHeader: nasty,
    textRepaired: fc.boolean(),
    rejectedReason: fc.oneof(
      { weight: 9, arbitrary: fc.constant('') },
      fc.constantFrom('URL_TOO_LONG', '1', 'toString', 'a\0'),
    ),
    rejectedMessage: nasty,
    rejectedBytes: fc.uint8Array({ maxLength: 20 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<EnvelopeHeader>>

/** A record with some bytes changed and the checksum made to fit again: what a stranger with access to the topic can send. */
export function tamper({ value, ...rest }: LogRecord, changes: readonly [number, number][]): LogRecord {
  const bytes = Buffer.from(value)
  const end = bytes.length - 6
  for (const [at, byte] of changes) bytes[at % end] = byte
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end + 2)
  return { ...rest, value: bytes }
}
