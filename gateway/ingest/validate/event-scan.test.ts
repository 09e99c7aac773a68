import { create, type DescMessage, fromBinary, fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { StructSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord } from '../../../eventlog/record.ts'
import { EventSchema } from '../../../proto/gen/userflow/v1/event_pb.ts'
import { RejectReason } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { reasonName } from '../rejection.ts'
import { bytesOf, type EventInit, sampleEvent, sampleId } from '../sample.case.ts'
import { EventScan } from './event-scan.ts'
import { eventRule, type FieldRule, type MessageRule, Slot } from './fields.ts'

const scan = new EventScan()
const verdict = (bytes: Buffer): string => {
  const rejection = scan.scan(bytes)
  return rejection ? `${reasonName(rejection.reason)} ${rejection.field}`.trim() : 'fine'
}
const of = (change: EventInit): string => verdict(bytesOf(sampleEvent(change)))
const letters = (bytes: number): string => 'x'.repeat(bytes)
const nested = (levels: number): Record<string, never> => {
  let value = {}
  for (let level = 1; level < levels; level++) value = { a: value }
  return value
}
const nestedLists = (levels: number) => {
  let value: unknown = 1
  for (let level = 1; level < levels; level++) value = [value]
  return { list: value as JsonValue }
}
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]))
const experiments = (count: number) => Array.from({ length: count }, () => ({ experimentId: 'e', variant: 'v' }))
const vital = (name: string, value: number): EventInit => ({ action: { case: 'webVital', value: { name, value } } })
const custom = (name: string): EventInit => ({ action: { case: 'custom', value: { name } } })

const edges: readonly (readonly [what: string, at: EventInit, past: EventInit, reason: string])[] = [
  ['session_id', { sessionId: letters(200) }, { sessionId: letters(201) }, 'ID_TOO_LONG session_id'],
  [
    'visitor_id in bytes',
    { visitorId: 'é'.repeat(100) },
    { visitorId: `${'é'.repeat(100)}x` },
    'ID_TOO_LONG visitor_id',
  ],
  ['user_id', { userId: letters(200) }, { userId: letters(201) }, 'ID_TOO_LONG user_id'],
  ['event_id', { eventId: letters(36) }, { eventId: letters(37) }, 'EVENT_ID_INVALID event_id'],
  ['page.url', { page: { url: letters(8192) } }, { page: { url: letters(8193) } }, 'URL_TOO_LONG page.url'],
  [
    'page.referrer',
    { page: { referrer: letters(8192) } },
    { page: { referrer: letters(8193) } },
    'URL_TOO_LONG page.referrer',
  ],
  ['page.title', { page: { title: letters(8192) } }, { page: { title: letters(8193) } }, 'TEXT_TOO_LONG page.title'],
  [
    'device.language',
    { device: { language: letters(8192) } },
    { device: { language: letters(8193) } },
    'TEXT_TOO_LONG device.language',
  ],
  [
    'target of a click',
    { action: { case: 'click', value: { targetUrl: letters(8192) } } },
    { action: { case: 'click', value: { targetUrl: letters(8193) } } },
    'URL_TOO_LONG click.target_url',
  ],
  [
    'target of a form',
    { action: { case: 'formSubmit', value: { targetUrl: letters(8192) } } },
    { action: { case: 'formSubmit', value: { targetUrl: letters(8193) } } },
    'URL_TOO_LONG form_submit.target_url',
  ],
  [
    'text of an element',
    { action: { case: 'hover', value: { element: { text: letters(8192) } } } },
    { action: { case: 'hover', value: { element: { text: letters(8193) } } } },
    'TEXT_TOO_LONG hover.element.text',
  ],
  [
    'depth of a scroll',
    { action: { case: 'scroll', value: { depthPercent: 100 } } },
    { action: { case: 'scroll', value: { depthPercent: 101 } } },
    'NUMBER_OUT_OF_RANGE scroll.depth_percent',
  ],
  ['custom.name', custom(letters(200)), custom(letters(201)), 'NAME_TOO_LONG custom.name'],
  ['custom.name required', custom('x'), custom(''), 'FIELD_REQUIRED custom.name'],
  ['web_vital.name', vital(letters(200), 1), vital(letters(201), 1), 'NAME_TOO_LONG web_vital.name'],
  ['web_vital.name required', vital('LCP', 1), vital('', 1), 'FIELD_REQUIRED web_vital.name'],
  ['web_vital.value not negative', vital('CLS', 0), vital('CLS', -1e-9), 'NUMBER_OUT_OF_RANGE web_vital.value'],
  ['web_vital.value', vital('CLS', 1e308), vital('CLS', 1.1e308), 'NUMBER_OUT_OF_RANGE web_vital.value'],
  ['web_vital.value finite', vital('CLS', 1e308), vital('CLS', Number.NaN), 'NUMBER_OUT_OF_RANGE web_vital.value'],
  [
    'experiments',
    { experiments: experiments(50) },
    { experiments: experiments(51) },
    'EXPERIMENTS_TOO_MANY experiments',
  ],
  [
    'experiment_id',
    { experiments: [{ experimentId: letters(200), variant: 'v' }] },
    {
      experiments: [
        { experimentId: 'e', variant: 'v' },
        { experimentId: letters(201), variant: 'v' },
      ],
    },
    'NAME_TOO_LONG experiments[1].experiment_id',
  ],
  [
    'variant required',
    { experiments: experiments(2) },
    { experiments: [...experiments(1), { experimentId: 'e' }] },
    'FIELD_REQUIRED experiments[1].variant',
  ],
  [
    'levels of properties',
    { properties: nested(32) },
    { properties: nested(33) },
    `PROPERTIES_TOO_DEEP properties${'.a'.repeat(32)}`,
  ],
  [
    'levels of lists',
    { properties: nestedLists(32) },
    { properties: nestedLists(33) },
    'PROPERTIES_TOO_DEEP properties.list',
  ],
  ['keys of properties', { properties: keys(255) }, { properties: keys(256) }, 'PROPERTIES_TOO_MANY properties'],
  [
    'keys on all levels',
    { properties: { a: keys(200), b: keys(53) } },
    { properties: { a: keys(200), b: keys(54) } },
    'PROPERTIES_TOO_MANY properties.b',
  ],
  [
    'a key',
    { properties: { [letters(200)]: 1 } },
    { properties: { [letters(201)]: 1 } },
    `NAME_TOO_LONG properties.${letters(80)}…`,
  ],
  ['a text', { properties: { a: letters(8192) } }, { properties: { a: letters(8193) } }, 'TEXT_TOO_LONG properties.a'],
  ['a number', { properties: { a: -1e308 } }, { properties: { a: -1.1e308 } }, 'NUMBER_OUT_OF_RANGE properties.a'],
  [
    'a finite number',
    { properties: { a: [1] } },
    { properties: { a: [1, Number.POSITIVE_INFINITY] } },
    'NUMBER_OUT_OF_RANGE properties.a',
  ],
  ['an action', custom('x'), { action: { case: undefined } }, 'ACTION_MISSING action'],
]

test.each(edges)('%s: accepted at the limit, rejected one past it', (_what, at, past, reason) => {
  expect(of(at)).toBe('fine')
  expect(of(past)).toBe(reason)
})

test('an event of 64 KiB is accepted and one byte more is not', () => {
  const texts = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`t${at}`, letters(8192)]))
  const sized = (rest: number) => bytesOf({ ...custom('x'), properties: { ...texts, rest: letters(rest) } })
  const rest = 64 * 1024 - sized(8000).length + 8000
  expect(sized(rest)).toHaveLength(64 * 1024)
  expect(verdict(sized(rest))).toBe('fine')
  expect(verdict(sized(rest + 1))).toBe('EVENT_TOO_LARGE')
})

test('the rules cover every field of the proto, with its name and wire type', () => {
  const wireTypes: Record<string, number> = { message: 2, list: 2, enum: 0 }
  const compare = (desc: DescMessage, rule: MessageRule): void => {
    const fields = rule.fields.flatMap((field, number) => (field ? [{ number, field }] : []))
    expect(fields.map(({ number, field }) => [number, field.name, field.wireType, field.action])).toEqual(
      [...desc.fields]
        .sort((a, b) => a.number - b.number)
        .map((field) => [
          field.number,
          field.name,
          wireTypes[field.fieldKind] ?? (field.scalar === 9 ? 2 : field.scalar === 1 ? 1 : 0),
          field.oneof !== undefined,
        ]),
    )
    for (const { number, field } of fields) {
      const child = desc.fields.find((one) => one.number === number)?.message
      if (field.message && child) compare(child, field.message)
    }
  }
  compare(EventSchema, eventRule)
})

test('the name of a custom event and the bytes of its properties are found, and forgotten by the next event', () => {
  const properties = { a: [1, 'x'] }
  expect(of({ ...custom('purchase'), properties })).toBe('fine')
  expect(scan.text(Slot.customName)).toBe('purchase')
  expect(fromBinary(StructSchema, scan.bytesOf(Slot.properties))).toEqual(fromJson(StructSchema, properties))
  expect(of({ ...vital('LCP', 1), properties: undefined as never })).toBe('fine')
  expect(scan.text(Slot.customName)).toBe('')
  expect(scan.bytesOf(Slot.properties)).toHaveLength(0)
})

test('the id of a rejected event is found wherever it stands, as far as the bytes can be read', () => {
  const id = bytesOf({ eventId: sampleId })
  const wrong = bytesOf(sampleEvent({ eventId: '', sessionId: 's'.repeat(201) }))
  const idOf = (bytes: Buffer): string => {
    expect(scan.scan(bytes)).toBeDefined()
    return scan.text(Slot.eventId)
  }
  expect(idOf(Buffer.concat([wrong, id]))).toBe(sampleId)
  expect(idOf(Buffer.concat([id, wrong]))).toBe(sampleId)
  expect(idOf(wrong)).toBe('')
  // A length that runs past the end: nothing behind it can be read.
  expect(idOf(Buffer.concat([wrong, Buffer.from([0x1a, 0xff, 0x7f]), id]))).toBe('')
})

test('a value of properties without a kind is told apart from null', () => {
  const struct = toBinary(StructSchema, create(StructSchema, { fields: { a: { kind: { case: undefined } } } }))
  const writer = new BinaryWriter().tag(10, 2).bytes(struct)
  expect(verdict(Buffer.from(writer.finish()))).toBe('PROPERTY_VALUE_MISSING properties.a')
  expect(of({ properties: { a: null } })).toBe('fine')
})

test('properties that are there twice are refused before a decoder merges them in quadratic time', () => {
  const properties = bytesOf({ properties: keys(200) })
  const repeated = Buffer.concat([properties, Buffer.from('5200'.repeat(20_000), 'hex')])
  expect(verdict(repeated)).toBe('EVENT_UNDECODABLE')
})

test('fields of a later version of the contract are accepted', () => {
  const later = new BinaryWriter()
    .tag(900, 2)
    .string('new')
    .tag(901, 0)
    .int64(-1n)
    .tag(902, 1)
    .double(1)
    .tag(903, 5)
    .fixed32(1)
  expect(verdict(Buffer.concat([bytesOf(sampleEvent()), later.finish()]))).toBe('fine')
})

test.each([
  ['a text that is not UTF-8', new BinaryWriter().tag(3, 2).bytes(Buffer.from([0x61, 0xff]))],
  ['a lone surrogate in bytes', new BinaryWriter().tag(3, 2).bytes(Buffer.from([0xed, 0xa0, 0x80]))],
  ['a long text that is not UTF-8', new BinaryWriter().tag(3, 2).bytes(Buffer.alloc(100, 0xff))],
  ['two actions', new BinaryWriter().tag(20, 2).bytes(Buffer.alloc(0)).tag(21, 2).bytes(Buffer.alloc(0))],
  ['a wrong wire type', new BinaryWriter().tag(3, 0).uint32(5)],
  ['a group', new BinaryWriter().tag(99, 3).tag(99, 4)],
  ['a message that runs past its end', new BinaryWriter().tag(7, 2).uint32(1).tag(1, 2).string('https://x')],
  ['a length past the end', new BinaryWriter().tag(3, 2).uint32(1_000)],
  ['a missing length', new BinaryWriter().tag(3, 2)],
  ['a tag of more than 32 bits', new BinaryWriter().raw(Uint8Array.of(0x9a, 0x80, 0x80, 0x80, 0x10, 0))],
])('%s is undecodable', (_what, writer) => {
  expect(verdict(Buffer.from(writer.finish()))).toBe('EVENT_UNDECODABLE')
})

test('NUL is accepted and seen in short and long texts, keys and values', () => {
  for (const change of [
    { userId: 'a\0' },
    { page: { title: `${letters(100)}\0` } },
    { properties: { 'a\0': 1 } },
    { properties: { a: ['\0'] } },
  ]) {
    expect(of(change)).toBe('fine')
    expect(scan.nul).toBe(true)
  }
  expect(of({})).toBe('fine')
  expect(scan.nul).toBe(false)
})

/** What the gateway promises of every accepted event: the worker can read it from its envelope, and it keeps the limits. */
function expectReadable(bytes: Buffer): void {
  const header = { companyId: 1, siteId: 1, receivedAtUs: 1n, eventId: Buffer.alloc(16), eventTimeUs: 1n }
  const read = decodeRecord(encodeRecord(header, bytes))
  expect(read).toMatchObject({ ok: true })
  const event = fromBinary(EventSchema, bytes)
  expect(event.action.case).toBeDefined()
  for (const id of [event.sessionId, event.visitorId, event.userId]) expect(Buffer.byteLength(id)).toBeLessThan(201)
  expect(event.sessionId).toBe(scan.text(1))
  expect(event.visitorId).toBe(scan.text(2))
  expect(event.userId).toBe(scan.text(3))
  expect(event.device?.userAgent ?? '').toBe(scan.text(4))
}

test('whatever bytes come, the scan never throws, and what it accepts a decoder reads the same way', () => {
  const valid = bytesOf(sampleEvent())
  const changes = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 3 })
  let accepted = 0
  fc.assert(
    fc.property(changes, fc.nat(4), (bytes, cut) => {
      const mutated = Buffer.from(valid)
      for (const [at, byte] of bytes) mutated[at] = byte
      const event = mutated.subarray(0, mutated.length - cut)
      if (scan.scan(event)) return
      accepted++
      expectReadable(event)
    }),
    { numRuns: 5_000 },
  )
  expect(accepted).toBeGreaterThan(100)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      if (!scan.scan(Buffer.from(bytes))) expectReadable(Buffer.from(bytes))
    }),
    { numRuns: 2_000 },
  )
})

test('every rejection tells a rule with its remedy', () => {
  for (const reason of Object.values(RejectReason).filter((one) => one !== RejectReason.REJECT_REASON_UNSPECIFIED)) {
    expect(reasonName(reason)).toMatch(/^[A-Z_]+$/)
  }
  for (const [, , past] of edges) {
    expect(scan.scan(bytesOf(sampleEvent(past)))?.message).toMatch(/^[A-Z].*: .*\.$|^[a-z].*: .*\.$/)
  }
})

test('a field rule has one shape, so that the scan stays fast', () => {
  const shapes = new Set<string>()
  const walk = (rule: MessageRule): void => {
    for (const field of rule.fields) if (field) visit(field)
  }
  const visit = (field: FieldRule): void => {
    shapes.add(Object.keys(field).join())
    if (field.message) walk(field.message)
  }
  walk(eventRule)
  expect(shapes.size).toBe(1)
})
