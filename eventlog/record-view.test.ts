import { crc32 } from 'node:zlib'
import { create, fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf'
import { StructSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EventEnvelope, EventEnvelopeSchema } from '../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../proto/gen/userflow/v1/event_pb.ts'
import { decodeRecord } from './record.ts'
import { Action, Num, Text } from './record-fields.ts'
import { RecordView } from './record-view.ts'

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
const json = fc.letrec((tie) => ({
  value: fc.oneof({ weight: 4, arbitrary: leaf }, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(ordinaryKey, fc.nat(99).map(String)), tie('value'), { maxKeys: 5 }),
})).object as fc.Arbitrary<JsonObject>

const element = fc.record({ selector: text, text, type: text }, some)
const position = fc.record({ x: signed, y: signed }, some)
const action = fc.oneof(
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
const event = fc.record(
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
const envelope = fc
  .record(
    {
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
      event,
    },
    some,
  )
  .map((fields) => Buffer.from(toBinary(EventEnvelopeSchema, create(EventEnvelopeSchema, fields as never))))

/** Fields nobody knows, of every wire type, a group among them, and a field 1 whose varint is too long for some readers. */
const strange = fc.constantFrom(
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
const change = fc.tuple(fc.nat(), fc.nat(255))

/** Bytes with a checksum that fits: what anyone who may write to the topic can send. */
function sealed(...parts: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat([...parts, Buffer.from([0xfd, 0x01, 0, 0, 0, 0])])
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -6)), bytes.length - 4)
  return bytes
}

function delimited(field: number, bytes: Uint8Array): Buffer {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([
    Buffer.from([((field << 3) & 0x7f) | 2 | (field > 15 ? 0x80 : 0)]),
    field > 15 ? Buffer.from([field >> 4]) : Buffer.alloc(0),
    Buffer.from(length),
    bytes,
  ])
}

const view = new RecordView()

/** Reads the value both ways, and says the same of both. Whether the view read the bytes themselves. */
function expectSame(value: Buffer): boolean {
  const decoded = decodeRecord(value)
  const unreadable = view.read(value)
  if (!decoded.ok) {
    expect(unreadable).toEqual(decoded)
    return false
  }
  expect(unreadable).toBeUndefined()
  expect(seenBy(view)).toEqual(saidBy(decoded.envelope))
  return view.bytes === value
}

/** Beyond 2^53 a number is only known to be so large; a negative one may be 0. */
const near = (value: bigint | number): number | 'far' => (value > 0 && value <= 2 ** 53 ? Number(value) : 'far')

function saidBy(envelope: EventEnvelope) {
  const { event, $typeName, $unknown, checksum, rejectedBytes, eventId, receivedAtUs, eventTimeUs, skewMs, ...plain } =
    envelope
  return {
    ...plain,
    skewMs: skewMs ?? NaN,
    receivedAtUs: near(receivedAtUs),
    eventTimeUs: near(eventTimeUs),
    rejectedBytes: Buffer.from(rejectedBytes).toString('hex'),
    eventId: Buffer.from(eventId).toString('hex'),
    event: event && saidByEvent(event),
  }
}

function saidByEvent(event: NonNullable<EventEnvelope['event']>) {
  const { page, device, properties, experiments, action } = event
  const done = (action.value ?? {}) as Record<string, unknown> & {
    element?: Record<string, unknown>
    position?: { x: number; y: number }
  }
  const value = { scroll: done.depthPercent, keydown: done.count, webVital: done.value }[action.case as string] ?? 0
  return {
    texts: [event.eventId, event.sessionId, event.visitorId, event.userId],
    page: [page?.url ?? '', page?.title ?? '', page?.referrer ?? ''],
    device: [device?.language ?? '', device?.timeZone ?? '', device?.userAgent ?? '', device?.ipAddress ?? ''],
    sizes: [device?.screenWidth, device?.screenHeight, device?.viewportWidth, device?.viewportHeight].map(
      (n) => n ?? 0,
    ),
    counts: [event.sequence, event.sessionDurationSeconds],
    experiments: experiments.map(({ experimentId, variant }) => [experimentId, variant]),
    properties: properties && Object.keys(properties).length > 0 ? JSON.stringify(properties) : '',
    action: action.case && Action[action.case],
    element: [done.element?.selector ?? '', done.element?.text ?? '', done.element?.type ?? ''],
    said: [done.targetUrl ?? '', done.name ?? ''],
    position: done.position && [done.position.x, done.position.y],
    measures: [done.loadMs ?? 0, done.durationMs ?? 0, done.category ?? 0, value],
  }
}

function seenBy(seen: RecordView) {
  const read = (place: number) => seen.text(place)
  const bytes = (place: number) => seen.bytes.toString('hex', seen.start(place), seen.end(place))
  const skewMs = seen.number(Num.skewMs)
  return {
    companyId: seen.number(Num.companyId),
    siteId: seen.number(Num.siteId),
    receivedAtUs: near(seen.number(Num.receivedAtUs)),
    eventId: bytes(Text.eventId),
    eventTimeUs: near(seen.number(Num.eventTimeUs)),
    ipAddress: read(Text.ipAddress),
    userAgent: read(Text.userAgent),
    door: seen.number(Num.door) | 0,
    contractVersion: seen.number(Num.contractVersion),
    skewMs: Number.isNaN(skewMs) ? NaN : skewMs | 0,
    visitorId: read(Text.visitorId),
    hintPlatform: read(Text.hintPlatform),
    hintPlatformVersion: read(Text.hintPlatformVersion),
    hintMobile: seen.number(Num.hintMobile) === 1,
    hintModel: read(Text.hintModel),
    countryHeader: read(Text.countryHeader),
    textRepaired: seen.number(Num.textRepaired) === 1,
    rejectedReason: read(Text.rejectedReason),
    rejectedField: read(Text.rejectedField),
    rejectedMessage: read(Text.rejectedMessage),
    rejectedBytes: bytes(Text.rejectedBytes),
    replayed: seen.number(Num.replayed) === 1,
    event: seen.number(Num.event) === 1 ? seenOfEvent(seen) : undefined,
  }
}

function seenOfEvent(seen: RecordView) {
  const texts = (...places: number[]) => places.map((place) => seen.text(place))
  const numbers = (...places: number[]) => places.map((place) => seen.number(place))
  const { propertiesJson, unusualProperties, bytes } = seen
  const json = propertiesJson.bytes.toString('utf8', 0, propertiesJson.size)
  const [x = 0, y = 0] = numbers(Num.x, Num.y)
  const [loadMs, durationMs, category = 0, value] = numbers(Num.loadMs, Num.durationMs, Num.keyCategory, Num.value)
  return {
    texts: texts(Text.sentEventId, Text.sessionId, Text.sentVisitorId, Text.userId),
    page: texts(Text.pageUrl, Text.pageTitle, Text.pageReferrer),
    device: texts(Text.language, Text.timeZone, Text.deviceAgent, Text.deviceAddress),
    sizes: numbers(Num.screenWidth, Num.screenHeight, Num.viewportWidth, Num.viewportHeight),
    counts: numbers(Num.sequence, Num.sessionDurationSeconds),
    experiments: seen.experiments.map(({ experimentId, variant }) =>
      [experimentId, variant].map(({ start, end }) => bytes.toString('utf8', start, end)),
    ),
    properties:
      unusualProperties && Object.keys(unusualProperties).length > 0 ? JSON.stringify(unusualProperties) : json,
    action: seen.number(Num.action) || undefined,
    element: texts(Text.elementSelector, Text.elementText, Text.elementType),
    said: texts(Text.targetUrl, Text.name),
    position: seen.number(Num.position) === 1 ? [x | 0, y | 0] : undefined,
    measures: [loadMs, durationMs, category | 0, value],
  }
}

describe('a record is read in place as the general decoder reads it', () => {
  test('as encoders write it, and then nothing is decoded', () => {
    let inPlace = 0
    fc.assert(
      fc.property(envelope, (bytes) => {
        if (expectSame(sealed(bytes))) inPlace++
      }),
      { numRuns: 500 },
    )
    // The others have properties that are unusual.
    expect(inPlace).toBeGreaterThan(100)
  })

  test('with bytes changed anywhere', () => {
    fc.assert(
      fc.property(envelope, fc.array(change, { minLength: 1, maxLength: 3 }), (bytes, changes) => {
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        expectSame(sealed(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  test('cut off anywhere', () => {
    fc.assert(
      fc.property(
        envelope,
        fc.nat(),
        (bytes, at) => void expectSame(sealed(bytes.subarray(0, at % (bytes.length + 1)))),
      ),
      { numRuns: 500 },
    )
  })

  test('in several parts, with fields that nobody knows in between', () => {
    const part = fc.oneof(envelope, strange.map(Buffer.from))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => void expectSame(sealed(...parts))),
      { numRuns: 1000 },
    )
  })

  test('with the same inside the event', () => {
    const eventBytes = event.map((fields) => Buffer.from(toBinary(EventSchema, create(EventSchema, fields as never))))
    const part = fc.oneof(eventBytes, strange.map(Buffer.from))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
        const bytes = Buffer.concat(parts)
        if (bytes.length < 16_384) expectSame(sealed(delimited(30, bytes)))
      }),
      { numRuns: 1000 },
    )
  })

  test('whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => void expectSame(sealed(bytes))),
      { numRuns: 1000 },
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expectSame(Buffer.from(bytes))))
  })
})

describe('properties', () => {
  const recordWith = (struct: Uint8Array) => sealed(delimited(30, delimited(10, struct)))
  const structOf = (properties: JsonObject) => toBinary(StructSchema, fromJson(StructSchema, properties))

  test('are JSON as JSON.stringify writes it, straight from the wire where they are ordinary', () => {
    const value = recordWith(
      structOf({ plan: 'pro "x" \\ \n é 😀 \u2028', price: -12.5e-9, on: true, no: null, a: [1, {}, []] }),
    )
    expect(expectSame(value)).toBe(true)
    expect(view.propertiesJson.size).toBeGreaterThan(0)
  })

  test.each<[string, JsonObject]>([
    ['a key that sorts', { b: 1, 10: 2, 9: 3 }],
    ['NUL', { a: 'x\0y' }],
    ['many keys', Object.fromEntries(Array.from({ length: 300 }, (_, key) => [`k${key}`, key]))],
    ['depth', Array.from({ length: 20 }).reduce<JsonObject>((inside) => ({ a: inside }), { a: 1 })],
    ['a number at the limit', { a: 1.5e308 }],
  ])('with %s are left to the general decoder', (_, properties) => {
    expect(expectSame(recordWith(structOf(properties)))).toBe(false)
    expect(view.unusualProperties).toEqual(properties)
  })

  test('in pieces, or changed anywhere, mean what the general decoder says', () => {
    const struct = json.map((properties) => {
      // NaN and infinity have no JSON, so they are taken out of what is encoded here; changed bytes make them again.
      const plain = JSON.parse(JSON.stringify(properties)) as JsonObject
      return Buffer.from(structOf(plain))
    })
    fc.assert(
      fc.property(
        fc.array(struct, { minLength: 1, maxLength: 2 }),
        fc.array(change, { maxLength: 3 }),
        (parts, changes) => {
          const bytes = Buffer.concat(parts)
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
          if (bytes.length < 16_000) expectSame(recordWith(bytes))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

test('one view reads one record after the other, and nothing of the last is left', () => {
  fc.assert(
    fc.property(envelope, envelope, (first, second) => {
      view.read(sealed(first))
      expectSame(sealed(second))
    }),
  )
})
