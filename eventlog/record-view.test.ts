import { create, fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf'
import { StructSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EventEnvelope } from '../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../proto/gen/userflow/v1/event_pb.ts'
import { action, change, delimited, envelope, event, json, sealed, strange } from './any-envelope.case.ts'
import { decodeRecord } from './record.ts'
import { Action, Num, Text } from './record-fields.ts'
import { RecordView } from './record-view.ts'

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

  test('with two actions, of which the last one counts, or one in two parts', () => {
    const actionBytes = action.map((one) =>
      Buffer.from(toBinary(EventSchema, create(EventSchema, { action: one as never }))),
    )
    fc.assert(
      fc.property(actionBytes, actionBytes, (first, last) => {
        expectSame(sealed(delimited(30, Buffer.concat([first, last]))))
      }),
      { numRuns: 500 },
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
    expectSame(recordWith(structOf(properties)))
    expect(view.unusualProperties).toEqual(properties)
  })

  test('with a key twice have the last value in the first place', () => {
    const bytes = Buffer.concat([structOf({ a: 1, b: 2 }), structOf({ c: { b: 1 }, a: 3 })])
    expectSame(recordWith(bytes))
    expect(JSON.stringify(view.unusualProperties)).toBe('{"a":3,"b":2,"c":{"b":1}}')
  })

  test('that run past their end take what follows, as the general decoder reads them', () => {
    // A struct of two bytes whose entry says it has more; the text field behind it is then the entry's.
    const event = Buffer.concat([Buffer.from([0x52, 2, 0x0a, 5]), Buffer.from([0x1a, 3, 0x61, 0x62, 0x63])])
    expectSame(sealed(delimited(30, event)))
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
