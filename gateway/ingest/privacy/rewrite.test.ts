import { create, fromBinary, type JsonObject, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventEnvelopeSchema } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import { type Event, EventSchema } from '../../../proto/gen/userflow/v1/event_pb.ts'
import { bytesOf, sampleEvent, sampleKey, samplePrivacy } from '../sample.case.ts'
import { cutAddress } from './cut-address.ts'
import { envelopeFieldNumbers } from './protect-record.ts'
import { fieldNumbers, protectionOf } from './protection.ts'
import { rewrite } from './rewrite.ts'

const queryParameters = ['ref', 'utm_source']
const deniedProperties = ['mail', '', 'ä', '__proto__']
const privacy = samplePrivacy({ queryParameters, deniedProperties, cookieless: true, ipMode: 'none' })
const edits = protectionOf(sampleKey({ privacy })).editsWithIp!

const address = fc
  .tuple(
    fc.constantFrom('https://example.com/ä', '/a', 'https://joe:pass@example.com', 'https://bro ken/', ''),
    fc.array(fc.constantFrom('?', '&', '#', 'ref=1', 'token=2', '#/r?', 'utm%5Fsource=ü'), { maxLength: 6 }),
  )
  .map(([start, rest]) => start + rest.join(''))

const name = fc.oneof(
  fc.constantFrom(...deniedProperties, 'plan', 'nested'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
)
const { properties } = fc.letrec<{ value: JsonValue; properties: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<JsonValue>(null, true, 1.5, 'text', 'x'.repeat(200)),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('properties'),
  ),
  properties: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries) as JsonObject),
}))

/** A field of a later contract: what follows is in no message of this one. */
const unknown = fc
  .tuple(fc.constantFrom(100, 1_000, 100_000), fc.oneof(fc.nat(), fc.uint8Array({ maxLength: 200 })))
  .map(([no, value]) => {
    if (typeof value === 'number') {
      return { no, wireType: WireType.Varint, data: new BinaryWriter().uint32(value).finish() }
    }
    return { no, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(value).finish() }
  })
const unknowns = fc.array(unknown, { maxLength: 3 })

const action = fc.oneof(
  fc.record({ case: fc.constant('click' as const), value: fc.record({ targetUrl: address }) }),
  fc.record({
    case: fc.constant('formSubmit' as const),
    value: fc.record({ targetUrl: address, durationMs: fc.nat() }),
  }),
  fc.record({ case: fc.constant('pageView' as const), value: fc.record({ loadMs: fc.nat() }) }),
)

const event = fc
  .tuple(
    fc.record({
      visitorId: fc.constantFrom('', 'v1'),
      sessionId: fc.constantFrom('', 's1'),
      page: fc.option(fc.record({ url: address, title: fc.string(), referrer: address }), { nil: undefined }),
      device: fc.option(fc.record({ language: fc.string(), ipAddress: fc.constantFrom('', '203.0.113.7') }), {
        nil: undefined,
      }),
      properties: fc.option(properties, { nil: undefined }),
      action,
    }),
    unknowns,
    unknowns,
  )
  .map(([init, top, inner]) => {
    const { page, device, properties: said, ...others } = init
    const made = create(EventSchema, {
      ...others,
      ...(page ? { page } : {}),
      ...(device ? { device } : {}),
      ...(said ? { properties: said } : {}),
    })
    made.$unknown = top
    for (const message of [made.page, made.device, made.action.value]) if (message) message.$unknown = inner
    return made
  })

const cut = (text: string): string =>
  Buffer.from(cutAddress(Buffer.from(text).toString('latin1'), new Set(queryParameters)), 'latin1').toString('utf8')

function without(json: JsonValue): JsonValue {
  if (Array.isArray(json)) return json.map(without)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).filter(([key]) => !deniedProperties.includes(key))
  return Object.fromEntries(entries.map(([key, value]) => [key, without(value)]))
}

/** The same edits, made on the decoded message. */
function edited(bytes: Uint8Array): Event {
  const message = fromBinary(EventSchema, bytes)
  message.visitorId = ''
  if (message.page) message.page.url = cut(message.page.url)
  if (message.page) message.page.referrer = cut(message.page.referrer)
  if (message.device) message.device.ipAddress = ''
  if (message.properties) message.properties = without(message.properties) as JsonObject
  const { action: done } = message
  if (done.case === 'click' || done.case === 'formSubmit') done.value.targetUrl = cut(done.value.targetUrl)
  return message
}

const plain = (bytes: Uint8Array): Buffer => Buffer.from(toBinary(EventSchema, fromBinary(EventSchema, bytes)))

test('bytes that are rewritten are those of the message that is edited, unknown fields and all; twice is once', () => {
  fc.assert(
    fc.property(event, (made) => {
      const bytes = Buffer.from(toBinary(EventSchema, made))
      const before = Buffer.from(bytes)
      const rewritten = rewrite(bytes, edits)
      expect(plain(rewritten)).toEqual(Buffer.from(toBinary(EventSchema, edited(bytes))))
      expect(bytes, "the sender's bytes").toEqual(before)
      expect(rewrite(rewritten, edits)).toBe(rewritten)
    }),
    { numRuns: 1_000 },
  )
})

test('an event with nothing to take out is the very same bytes, and what stays beside a change is not moved', () => {
  const quiet = bytesOf(sampleEvent({ visitorId: '' }))
  expect(rewrite(quiet, edits)).toBe(quiet)
  const unusual = Buffer.from('0a8000', 'hex') // event_id: "", its length in two bytes
  const secret = bytesOf({ page: { url: '/?token=1' }, action: { case: 'pageView', value: {} } })
  const clean = bytesOf({ page: { url: '/' }, action: { case: 'pageView', value: {} } })
  expect(rewrite(Buffer.concat([unusual, secret, unusual]), edits)).toEqual(Buffer.concat([unusual, clean, unusual]))
})

test('every copy of a field is edited: one that decoders pass over is in the bytes all the same', () => {
  const page = Buffer.concat([
    Buffer.from([0x0a, 9]),
    Buffer.from('/?token=1'),
    Buffer.from([0x0a, 1]),
    Buffer.from('/'),
  ])
  const bytes = Buffer.concat([Buffer.from([0x3a, page.length]), page])
  expect(rewrite(bytes, edits).includes('token')).toBe(false)
})

test('bytes that are no message are either refused as malformed or left in peace, never an error of another kind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), (noise, keep) => {
      const bytes = Buffer.concat([bytesOf(sampleEvent()).subarray(0, keep), noise])
      try {
        rewrite(bytes, edits)
      } catch (error) {
        expect((error as Error).name).toBe('Malformed')
      }
    }),
    { numRuns: 2_000 },
  )
  let deep: Buffer = Buffer.alloc(0)
  for (let depth = 0; depth < 20_000 && deep.length < 1e6; depth++) {
    const value = Buffer.concat([lengthOf(0x2a, deep.length), deep])
    const entry = Buffer.concat([Buffer.from([0x0a, 1, 0x61]), lengthOf(0x12, value.length), value])
    deep = Buffer.concat([lengthOf(0x0a, entry.length), entry])
    if (depth > 300) break
  }
  expect(() => rewrite(Buffer.concat([lengthOf(0x52, deep.length), deep]), edits)).toThrow('too deep')
})

const lengthOf = (tag: number, length: number): Buffer =>
  Buffer.from(new BinaryWriter().uint32(tag).uint32(length).finish())

test('the numbers of the fields are those of the contract', () => {
  for (const [field, number] of Object.entries(envelopeFieldNumbers)) {
    expect(EventEnvelopeSchema.fields.find(({ localName }) => localName === field)?.number, field).toBe(number)
  }
  const numberOf = (path: string): number => {
    const [field, inner] = path.split('.')
    const found = EventSchema.fields.find(({ localName }) => localName === field)!
    return inner === undefined ? found.number : found.message!.field[inner]!.number
  }
  const { page_, device_, click_, formSubmit_, ...top } = fieldNumbers
  for (const [field, number] of Object.entries(top)) expect(numberOf(field), field).toBe(number)
  const nested = { page: page_, device: device_, click: click_, formSubmit: formSubmit_ }
  for (const [field, inner] of Object.entries(nested)) {
    for (const [name, number] of Object.entries(inner)) expect(numberOf(`${field}.${name}`), name).toBe(number)
  }
})
