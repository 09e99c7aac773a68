import { fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventSchema } from '../../../proto/gen/userflow/v1/event_pb.ts'
import { limits } from '../limits.ts'
import { encodeEvent } from './encode-event.ts'

/** What the library makes of it; undefined: it refuses. */
const byLibrary = (json: unknown): Buffer | undefined => {
  try {
    return Buffer.from(toBinary(EventSchema, fromJson(EventSchema, json as JsonValue)))
  } catch {
    return undefined
  }
}

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.nat(300).map((length) => 'é'.repeat(length)),
  fc.constantFrom(39, 40, 41, 126, 127, 128, 5_460, 5_462, 8_192, 16_383, 16_384).map((length) => 'x'.repeat(length)),
)
const uint32 = fc.oneof(fc.nat(), fc.constantFrom(0, -0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1))
const int32 = fc.oneof(fc.integer(), fc.constantFrom(0, -0, -1, -(2 ** 31), 2 ** 31 - 1))
const double = fc.double({ noNaN: true, noDefaultInfinity: true })
const time = fc
  .record({ at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }), places: fc.nat(9) })
  .map(({ at, places }) => {
    const [whole = '', fraction = ''] = at.toISOString().replace('Z', '').split('.')
    return places === 0 ? `${whole}Z` : `${whole}.${fraction.padEnd(9, '7').slice(0, places)}Z`
  })
const value = fc.jsonValue({ maxDepth: 6 })
/** An object with some of these fields, each under one of its two names, null, or absent; in any order of keys. */
const message = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> => {
  const entry = ([name, of]: [string, fc.Arbitrary<unknown>]) => {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return fc.tuple(fc.constantFrom(name, snake), fc.oneof({ weight: 9, arbitrary: of }, fc.constant(null)))
  }
  return fc
    .shuffledSubarray(Object.entries(fields))
    .chain((some) => fc.tuple(...some.map(entry)))
    .map((entries) => Object.fromEntries(entries))
}
const element = message({ selector: text, text, type: text })
const position = message({ x: int32, y: int32 })
const category = fc.oneof(fc.constantFrom('KEY_CATEGORY_ENTER', 'KEY_CATEGORY_UNSPECIFIED'), int32)
const actions = [
  fc.record({ pageView: message({ loadMs: uint32 }) }),
  fc.record({ click: message({ element, position, targetUrl: text }) }),
  fc.record({ scroll: message({ depthPercent: uint32, position }) }),
  fc.record({ form_submit: message({ element, targetUrl: text, durationMs: uint32 }) }),
  fc.record({ hover: message({ element, position, durationMs: uint32 }) }),
  fc.record({ keydown: message({ element, category, count: uint32 }) }),
  fc.record({ webVital: message({ name: text, value: double }) }),
  fc.record({ custom: message({ name: text }) }),
  fc.constant({ pageView: null }),
  fc.constant({}),
]
const device = message({
  screenWidth: uint32,
  screenHeight: uint32,
  viewportWidth: uint32,
  viewportHeight: uint32,
  language: text,
  timeZone: text,
  userAgent: text,
  ipAddress: text,
})
const rest = message({
  eventId: text,
  eventTime: time,
  sessionId: text,
  sequence: uint32,
  visitorId: text,
  userId: text,
  page: message({ url: text, title: text, referrer: text }),
  device,
  experiments: fc.array(message({ experimentId: text, variant: text }), { maxLength: 3 }),
  properties: fc.dictionary(text, value, { maxKeys: 5 }),
  sessionDurationSeconds: uint32,
})
/** Events of the contract, in every form that is written without the library's help. */
const anyEvent = fc
  .tuple(fc.oneof(...actions), rest, fc.boolean())
  .map(([action, others, first]) => (first ? { ...action, ...others } : { ...others, ...action }))

test('an event of the contract is written byte for byte as the library writes it', () => {
  fc.assert(
    fc.property(anyEvent, (json) => {
      const expected = byLibrary(json)
      fc.pre(expected !== undefined && expected.length <= limits.eventBytes)
      expect(encodeEvent(json)?.equals(expected)).toBe(true)
    }),
    { numRuns: 3_000 },
  )
})

/** Puts a stranger's value somewhere into the event: over a value or beside it. */
function disturbed(json: unknown, steps: readonly number[], change: { key: string; value: unknown }): unknown {
  const [step = 0, ...others] = steps
  if (typeof json !== 'object' || json === null) return change.value
  const keys = Object.keys(json)
  const key = step < keys.length ? keys[step]! : change.key
  const inner = (json as Record<string, unknown>)[key]
  const value = others.length === 0 || inner === undefined ? change.value : disturbed(inner, others, change)
  if (Array.isArray(json)) return json.map((item, at) => (String(at) === key ? value : item))
  return { ...json, [key]: value }
}

const strange = fc.oneof(
  fc.jsonValue(),
  double,
  uint32.map(String),
  time,
  text,
  fc.constantFrom<unknown>(
    2 ** 32,
    -1,
    1.5,
    2 ** 53,
    'NaN',
    '-Infinity',
    ' 5',
    '',
    '1e3',
    null,
    [],
    {},
    [null],
    '\ud800',
  ),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined),
)
const keys = fc.constantFrom(
  'event_id',
  'eventId',
  'click',
  'page_view',
  'pageView',
  'value',
  'constructor',
  'other',
  'x',
)

test('whatever is in the place of a value, what is written is what the library writes, and never what it refuses', () => {
  const outcomes = { written: 0, left: 0, refused: 0 }
  const change = fc.record({ key: keys, value: strange })
  fc.assert(
    fc.property(anyEvent, fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }), change, (json, steps, one) => {
      const event = disturbed(json, steps, one)
      const expected = byLibrary(event)
      const written = encodeEvent(event)
      if (written) expect(expected?.equals(written)).toBe(true)
      outcomes[written ? 'written' : expected ? 'left' : 'refused']++
    }),
    { numRuns: 5_000 },
  )
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(20)
})

test('two fields of one oneof, and one field by both its names, are left to the library', () => {
  expect(encodeEvent({ pageView: {}, click: {} })).toBeUndefined()
  expect(encodeEvent({ pageView: null, click: {} })).toBeUndefined()
  expect(encodeEvent({ pageView: {}, userId: 'a', user_id: 'a' })).toBeUndefined()
  expect(encodeEvent({ pageView: {}, page: { url: 'a', toString: 'b' } })).toBeUndefined()
})

test('"__proto__" is a key of properties like any other, and none of the event', () => {
  const json = JSON.parse('{"pageView":{},"properties":{"__proto__":{"a":1},"b":2}}')
  expect(encodeEvent(json)).toEqual(byLibrary(json))
  expect(encodeEvent(JSON.parse('{"pageView":{},"__proto__":{"userId":"a"}}'))).toBeUndefined()
})

test('lone surrogates are left to be repaired, in keys, too', () => {
  const long = 'x'.repeat(100)
  for (const broken of ['\ud800', '\udfff', `${long}\ud800`]) {
    expect(encodeEvent({ custom: { name: broken } })).toBeUndefined()
    expect(encodeEvent({ custom: { name: 'a' }, properties: { [broken]: 1 } })).toBeUndefined()
  }
  expect(encodeEvent({ custom: { name: `${long}😀` } })).toEqual(byLibrary({ custom: { name: `${long}😀` } }))
})

test('properties are written 32 levels deep, and deeper ones are left, lists among them', () => {
  const nested = (levels: number, open: string, close: string) =>
    JSON.parse(`{"pageView":{},"properties":{"a":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}}`)
  for (const [open, close] of [
    ['{"a":', '}'],
    ['[', ']'],
  ] as const) {
    const deepest = nested(limits.propertyDepth, open, close)
    expect(encodeEvent(deepest)).toEqual(byLibrary(deepest))
    expect(encodeEvent(nested(limits.propertyDepth + 1, open, close))).toBeUndefined()
    expect(encodeEvent(nested(100_000, open, close))).toBeUndefined()
  }
})

test('events of up to 64 KiB are written, and larger ones are left', () => {
  const ofBytes = (bytes: number) => ({ custom: { name: 'x'.repeat(bytes - 9) } })
  const largest = ofBytes(limits.eventBytes)
  expect(byLibrary(largest)).toHaveLength(limits.eventBytes)
  expect(encodeEvent(largest)).toEqual(byLibrary(largest))
  expect(encodeEvent(ofBytes(limits.eventBytes + 1))).toBeUndefined()
})

test('what is given up as too large was not written to its end: a list of a million would take memory for good', () => {
  const { arrayBuffers } = process.memoryUsage()
  for (const many of [null, 1, '', [], {}]) {
    expect(encodeEvent({ properties: { a: new Array(1_000_000).fill(many) } })).toBeUndefined()
  }
  expect(encodeEvent({ experiments: new Array(1_000_000).fill({}) })).toBeUndefined()
  expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(2 * 1024 * 1024)
})

test('what was written stays as it is when others are written after it, or given up', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyEvent, fc.constant({ userId: 'a', no: 1 })), { maxLength: 200 }), (events) => {
      const written = events.map((json) => encodeEvent(json))
      const again = events.map((json) => encodeEvent(json))
      events.forEach((json, at) => {
        if (written[at]) expect(written[at]).toEqual(byLibrary(json))
        expect(again[at]).toEqual(written[at])
      })
    }),
    { numRuns: 30 },
  )
})
