import { create, fromBinary, type JsonObject, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { eventFromJson } from './event-from-json.ts'
import { reasonName } from './rejection.ts'
import { type EventInit, sampleId } from './sample.case.ts'
import { EventScan } from './validate/event-scan.ts'

const scan = new EventScan()
const verdictOfBytes = (bytes: Buffer): string => {
  const rejection = scan.scan(bytes)
  return rejection ? `${reasonName(rejection.reason)} ${rejection.field}` : 'fine'
}
const verdictOfJson = (json: unknown): string => {
  const { unreadable, bytes } = eventFromJson(json)
  return unreadable ? `${reasonName(unreadable.reason)} ${unreadable.field}` : verdictOfBytes(bytes)
}

test('the spellings of the contract are read', () => {
  const raw = eventFromJson({
    eventId: sampleId,
    eventTime: '2026-11-22T09:00:00Z',
    sessionId: 's1',
    user_id: 'u1',
    page: { url: 'https://example.com/a' },
    click: { element: { selector: '#buy' }, position: { x: 10, y: 20 } },
    experiments: [{ experimentId: 'checkout', variant: 'B' }],
    properties: { plan: 'pro', price: 12.5 },
  })
  expect(raw.unreadable).toBeUndefined()
  expect(fromBinary(EventSchema, raw.bytes)).toMatchObject({
    sessionId: 's1',
    userId: 'u1',
    action: { case: 'click', value: { position: { x: 10, y: 20 } } },
    properties: { plan: 'pro', price: 12.5 },
  })
})

test.each<[string, unknown, string]>([
  ['null', null, 'EVENT_UNDECODABLE '],
  ['a list', [], 'EVENT_UNDECODABLE '],
  ['an unknown key, whose value would be lost', { pageView: {}, propertys: {} }, 'EVENT_UNDECODABLE '],
  ['two actions', { pageView: {}, scroll: {} }, 'EVENT_UNDECODABLE action'],
  ['a number for a text', { pageView: {}, sessionId: 5 }, 'EVENT_UNDECODABLE session_id'],
  ['a number out of its field', { pageView: { loadMs: 2 ** 32 } }, 'NUMBER_OUT_OF_RANGE page_view.load_ms'],
  ['a time that is none', { pageView: {}, eventTime: 'soon' }, 'EVENT_TIME_OUT_OF_RANGE event_time'],
  ['NaN', { webVital: { name: 'CLS', value: 'NaN' } }, 'NUMBER_OUT_OF_RANGE web_vital.value'],
  ['1e999', { pageView: {}, properties: JSON.parse('{"a":1e999}') }, 'NUMBER_OUT_OF_RANGE properties.a'],
  ['no action', {}, 'ACTION_MISSING action'],
])('%s is rejected by its rule', (_what, json, reason) => {
  expect(verdictOfJson(json)).toBe(reason)
})

test.each([33, 5_000, 200_000])(
  'properties nested %i deep are a clean rejection, kept as far as they can be',
  (levels) => {
    const properties = JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels))
    const raw = eventFromJson({ eventId: sampleId, pageView: {}, properties })
    expect(raw.unreadable && reasonName(raw.unreadable.reason)).toBe('PROPERTIES_TOO_DEEP')
    expect(raw.seemingId).toBe(sampleId)
    expect(JSON.parse(raw.bytes.toString())).toMatchObject({ eventId: sampleId })
  },
)

test('properties nested 32 deep are accepted', () => {
  const properties = JSON.parse('{"a":'.repeat(32) + '1' + '}'.repeat(32))
  expect(verdictOfJson({ pageView: {}, properties })).toBe('fine')
})

test('lone surrogates become U+FFFD and are told, in keys, too', () => {
  const json = { pageView: {}, sessionId: 'a\ud800', properties: { 'k\udfff': ['\ud800'] } }
  const raw = eventFromJson(json)
  expect(raw.textRepaired).toBe(true)
  const event = fromBinary(EventSchema, raw.bytes)
  expect([event.sessionId, event.properties]).toEqual(['a\ufffd', { 'k\ufffd': ['\ufffd'] }])
  expect(eventFromJson({ pageView: {}, properties: { '\udfff': 1 } }).textRepaired).toBe(true)
  expect(eventFromJson({ pageView: {}, sessionId: '😀' }).textRepaired).toBe(false)
})

test('"__proto__" is a key like any other and changes no object', () => {
  const raw = eventFromJson(
    JSON.parse('{"pageView":{},"sessionId":"\\ud800","properties":{"__proto__":{"polluted":true}}}'),
  )
  expect(raw.unreadable).toBeUndefined()
  expect(Object.keys(fromBinary(EventSchema, raw.bytes).properties ?? {})).toEqual(['__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test("a message repeats a stranger's text only short and printable", () => {
  const { unreadable } = eventFromJson({ [`a\0\u001b[31m${'x'.repeat(10_000)}\ud800`]: 1 })
  expect(unreadable?.message.length).toBeLessThan(300)
  expect(unreadable?.message).toMatch(/^[ -~\ufffd…]+$/)
})

const text = fc.oneof(
  { weight: 60, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant('x'.repeat(201)) },
  { weight: 1, arbitrary: fc.constant('é'.repeat(4_097)) },
)
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(1.5e308))
const action: fc.Arbitrary<EventInit['action']> = fc.oneof(
  fc.constant({ case: undefined }),
  fc.record({ case: fc.constant('custom' as const), value: fc.record({ name: text }) }),
  fc.record({ case: fc.constant('scroll' as const), value: fc.record({ depthPercent: fc.nat(150) }) }),
  fc.record({ case: fc.constant('webVital' as const), value: fc.record({ name: text, value: number }) }),
  fc.record({
    case: fc.constant('click' as const),
    value: fc.record({ targetUrl: text, element: fc.record({ text }) }),
  }),
)
const anyEvent = fc.record({
  eventId: fc.oneof(fc.uuid(), text),
  sessionId: text,
  visitorId: text,
  userId: text,
  page: fc.record({ url: text, title: text }),
  experiments: fc.array(fc.record({ experimentId: text, variant: text }), { maxLength: 3 }),
  properties: fc.option(fc.dictionary(text, fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>, { maxKeys: 5 }), {
    nil: undefined,
  }),
  action,
}) as fc.Arbitrary<EventInit & { properties?: JsonObject }>

test('the binary and the JSON door agree on every event', () => {
  const verdicts = new Set<string>()
  fc.assert(
    fc.property(anyEvent, (init) => {
      const event = create(EventSchema, init)
      const verdict = verdictOfBytes(Buffer.from(toBinary(EventSchema, event)))
      verdicts.add(verdict)
      expect(verdictOfJson(toJson(EventSchema, event))).toBe(verdict)
    }),
    { numRuns: 1_000 },
  )
  expect(verdicts.size).toBeGreaterThan(5)
  expect(verdicts).toContain('fine')
})

test('whatever JSON comes, reading it does not throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (json, key) => {
      eventFromJson(json)
      eventFromJson({ pageView: {}, properties: json })
      eventFromJson({ pageView: {}, [key]: json })
    }),
  )
})

test('what is kept of an unreadable event is the same JSON: no number becomes another', () => {
  const text = '{"propertys":[1e999,-1e999,null,-0.5,"\\ud800"]}'
  expect(JSON.parse(eventFromJson(JSON.parse(text)).bytes.toString())).toEqual(JSON.parse(text))
})
