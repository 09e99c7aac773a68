import { create, fromBinary, fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventSchema, KeyCategory } from '../../proto/gen/userflow/v1/event_pb.ts'
import { encodePlain, NotEncodable } from './encode-plain.ts'

const read = (plain: Record<string, unknown>) => fromBinary(EventSchema, encodePlain(EventSchema, plain))

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(41, 42, 43, 126, 127, 128, 4_000, 16_383, 16_384, 70_000).map((length) => 'é'.repeat(length)),
)
const uint32 = fc.oneof(fc.nat(), fc.constantFrom(127, 128, 2 ** 31, 2 ** 32 - 1))
const int32 = fc.oneof(fc.integer(), fc.constantFrom(-1, -(2 ** 31), 2 ** 31 - 1))
const some = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] })
const element = some({ selector: text, text, type: text })
const position = some({ x: int32, y: int32 })
const action = fc.oneof(
  fc.record({ pageView: some({ loadMs: uint32 }) }),
  fc.record({ click: some({ element, position, targetUrl: text }) }),
  fc.record({
    keydown: some({ element, category: fc.constantFrom('KEY_CATEGORY_ENTER', 'KEY_CATEGORY_OTHER'), count: uint32 }),
  }),
  fc.record({
    webVital: some({
      name: text,
      value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0)),
    }),
  }),
  fc.record({ custom: some({ name: text }) }),
)
const facts = some({
  eventId: text,
  eventTime: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
    .map((at) => at.toISOString()),
  sessionId: text,
  sequence: uint32,
  userId: text,
  page: some({ url: text, title: text, referrer: text }),
  device: some({ screenWidth: uint32, language: text }),
  experiments: fc.array(some({ experimentId: text, variant: text }), { maxLength: 3 }),
  properties: fc.dictionary(text, fc.jsonValue({ maxDepth: 5 }), { maxKeys: 5, noNullPrototype: true }),
})

test('what is encoded reads back as the event that the contract’s JSON means', () => {
  fc.assert(
    fc.property(action, facts, (what, others) => {
      const plain = { ...others, ...what } as JsonObject
      expect(read(plain)).toEqual(fromJson(EventSchema, plain as JsonValue))
    }),
    { numRuns: 500 },
  )
})

test('times are taken as Date, as milliseconds and as text, and keep their fraction', () => {
  const ms = 1_700_000_000_123
  const times = [ms, new Date(ms), new Date(ms).toISOString()].map((eventTime) => read({ eventTime }).eventTime)
  for (const time of times) expect(time).toMatchObject({ seconds: 1_700_000_000n, nanos: 123_000_000 })
})

test('properties are what JSON.stringify makes of them, and bigints besides', () => {
  const properties = {
    at: new Date(0),
    nothing: undefined,
    act: () => 1,
    list: [undefined, () => 1, 1n],
    large: 2n ** 64n,
    own: { toJSON: () => 'own words' },
  }
  expect(read({ properties }).properties).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    list: [null, null, 1],
    large: '18446744073709551616',
    own: 'own words',
  })
})

test('absent, undefined and null are the same, and an enum is taken by name and by number', () => {
  expect(read({ userId: undefined, page: null, pageView: {} })).toEqual(
    create(EventSchema, { action: { case: 'pageView', value: {} } }),
  )
  for (const category of ['KEY_CATEGORY_ENTER', KeyCategory.ENTER]) {
    expect(read({ keydown: { category } }).action.value).toMatchObject({ category: KeyCategory.ENTER })
  }
})

const endless: Record<string, unknown> = {}
endless.inner = endless
const wrong: [Record<string, unknown>, string][] = [
  [{ userid: '7' }, 'userid is no field of Event'],
  [{ userId: 7 }, 'userId is no text'],
  [{ page: { url: 7 } }, 'page.url is no text'],
  [{ page: 'https://example.com' }, 'page is no object'],
  [{ click: { position: { x: 1.5 } } }, 'click.position.x is no whole number from -2147483648 to 2147483647'],
  [{ sequence: -1 }, 'sequence is no whole number from 0 to 4294967295'],
  [{ eventTime: 'yesterday' }, 'eventTime is no time'],
  [{ eventTime: new Date(Number.NaN) }, 'eventTime is no time'],
  [{ experiments: {} }, 'experiments is no list'],
  [{ keydown: { category: 'ENTER' } }, 'keydown.category is none of KeyCategory'],
  [{ properties: [] }, 'properties is no object'],
  [{ properties: endless }, 'properties is nested too deep, or contains itself'],
  [{ pageView: {}, click: {} }, 'click stands beside pageView, and only one of them may be said'],
]
test.each(wrong)('an object that is no event is told by its field: $1', (plain, message) => {
  expect(() => encodePlain(EventSchema, plain)).toThrow(
    new NotEncodable(message.split(' ')[0]!, message.replace(/^\S+ /, '')),
  )
})

test('an event that is encoded while another one is does not mix with it', () => {
  const inner: unknown[] = []
  const properties = {
    toJSON: () => 'never asked',
    get first() {
      inner.push(read({ custom: { name: 'inner' } }))
      return 1
    },
  }
  const outer = read({
    userId: 'a',
    properties: {
      first: properties.first,
      nested: {
        get own() {
          inner.push(read({ pageView: {} }))
          return 2
        },
      },
    },
    custom: { name: 'outer' },
  })
  expect(outer).toMatchObject({ userId: 'a', properties: { nested: { own: 2 } }, action: { value: { name: 'outer' } } })
  expect(inner).toHaveLength(2)
})
