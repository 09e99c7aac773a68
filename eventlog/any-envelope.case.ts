import { crc32 } from 'node:zlib'
import { create, type JsonObject, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { EventEnvelopeSchema } from '../proto/gen/userflow/v1/envelope_pb.ts'

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', 'a\0b', '\ufeffbom', 'x'.repeat(300), 'é'.repeat(100)),
)
const unsigned = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const signed = fc.oneof(fc.nat(300), fc.integer())
const long = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 53n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
const some = { requiredKeys: [] }

const ordinaryKey = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'toJSON', '"\\\n\u001f\u007f'))
const leaf = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null))
/** Properties, most of them ordinary. */
export const json = fc.letrec((tie) => ({
  value: fc.oneof({ weight: 4, arbitrary: leaf }, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(ordinaryKey, fc.nat(99).map(String)), tie('value'), { maxKeys: 5 }),
})).object as fc.Arbitrary<JsonObject>

const element = fc.record({ selector: text, text, type: text }, some)
const position = fc.record({ x: signed, y: signed }, some)
/** An action of an event. */
export const action = fc.oneof(
  ...Object.entries({
    pageView: fc.record({ loadMs: unsigned }),
    click: fc.record({ element, position, targetUrl: text }, some),
    scroll: fc.record({ depthPercent: unsigned, position }, some),
    formSubmit: fc.record({ element, targetUrl: text, durationMs: unsigned }, some),
    hover: fc.record({ element, position, durationMs: unsigned }, some),
    keydown: fc.record({ element, category: signed, count: unsigned }, some),
    webVital: fc.record({ name: text, value: fc.double() }, some),
    custom: fc.record({ name: text }, some),
  }).map(([name, value]) => (value as fc.Arbitrary<object>).map((value) => ({ case: name, value }))),
)
/** Fields of an event. */
export const event = fc.record(
  {
    eventId: text,
    eventTime: fc.record({ seconds: long, nanos: signed }),
    sessionId: text,
    sequence: unsigned,
    visitorId: text,
    userId: text,
    page: fc.record({ url: text, title: text, referrer: text }, some),
    device: fc.record(
      { screenWidth: unsigned, viewportHeight: unsigned, language: text, timeZone: text, userAgent: text },
      some,
    ),
    experiments: fc.array(fc.record({ experimentId: text, variant: text }, some), { maxLength: 3 }),
    properties: json,
    sessionDurationSeconds: unsigned,
    action,
  },
  some,
)
/** What an envelope says beside its event. */
export const headerFields = {
  companyId: unsigned,
  siteId: unsigned,
  receivedAtUs: long,
  eventId: fc.uint8Array({ maxLength: 20 }),
  eventTimeUs: long,
  ipAddress: text,
  userAgent: text,
  door: signed,
  contractVersion: unsigned,
  skewMs: signed,
  visitorId: text,
  hintPlatform: text,
  hintPlatformVersion: text,
  hintMobile: fc.boolean(),
  hintModel: text,
  countryHeader: text,
  textRepaired: fc.boolean(),
  rejectedReason: text,
  rejectedField: text,
  rejectedMessage: text,
  rejectedBytes: fc.uint8Array({ maxLength: 20 }),
  replayed: fc.boolean(),
}

/** Bytes of an envelope, as encoders write them. */
export const envelope = fc
  .record({ ...headerFields, event }, some)
  .map((fields) => Buffer.from(toBinary(EventEnvelopeSchema, create(EventEnvelopeSchema, fields as never))))

/** Fields nobody knows, of every wire type, a group among them, and a field 1 whose varint is too long for some readers. */
export const strange = fc.constantFrom(
  [0xf8, 0x3e, 5],
  [0xf9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8],
  [0xfa, 0x3e, 2, 1, 2],
  [0xfd, 0x3e, 1, 2, 3, 4],
  [0xfb, 0x3e, 8, 1, 0xfc, 0x3e],
  [0x08, 0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
  [0x0d, 1, 2, 3, 4],
  [0x08, 5],
  [0x98, 0xf8, 0xff, 0xff, 0x0f, 1],
)
/** A place, and the byte to put there. */
export const change = fc.tuple(fc.nat(), fc.nat(255))

/** Bytes with a checksum that fits: what anyone who may write to the topic can send. */
export function sealed(...parts: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat([...parts, Buffer.from([0xfd, 0x01, 0, 0, 0, 0])])
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -6)), bytes.length - 4)
  return bytes
}

/** A field of wire type 2; up to 16 KiB. */
export function delimited(field: number, bytes: Uint8Array): Buffer {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([
    Buffer.from([((field << 3) & 0x7f) | 2 | (field > 15 ? 0x80 : 0)]),
    field > 15 ? Buffer.from([field >> 4]) : Buffer.alloc(0),
    Buffer.from(length),
    bytes,
  ])
}
