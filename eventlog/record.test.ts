import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Door, EventEnvelopeSchema } from '../proto/gen/userflow/v1/envelope_pb.ts'
import { EventSchema } from '../proto/gen/userflow/v1/event_pb.ts'
import { headerFields } from './any-envelope.case.ts'
import {
  anchorOf,
  decodeRecord,
  type EnvelopeHeader,
  encodeRecord,
  eventBytesOf,
  markReplayed,
  partitionOf,
  sessionKey,
} from './record.ts'

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 400 }))
const unsigned = fc.integer({ min: 0, max: 2 ** 32 - 1 })

const header: fc.Arbitrary<EnvelopeHeader> = fc.record(
  {
    ...headerFields,
    door: fc.constantFrom(...Object.values(Door)),
    skewMs: fc.option(fc.integer(), { nil: undefined }),
    rejectedBytes: fc.uint8Array({ maxLength: 300 }),
  },
  { requiredKeys: ['companyId', 'siteId', 'receivedAtUs', 'eventId', 'eventTimeUs'] },
)

const event = fc
  .record({ eventId: text, userId: text, sequence: unsigned, page: fc.record({ url: text, title: text }) })
  .map((fields) => toBinary(EventSchema, create(EventSchema, fields)))

describe('a record', () => {
  test('holds exactly the envelope that was written, in the bytes of the general encoder', () => {
    fc.assert(
      fc.property(header, fc.option(event, { nil: undefined }), (given, eventBytes) => {
        const record = encodeRecord(given, eventBytes)
        const decoded = decodeRecord(Uint8Array.from(record))
        const expected = create(EventEnvelopeSchema, {
          ...given,
          ...(eventBytes ? { event: fromBinary(EventSchema, eventBytes) } : {}),
        })
        expect(decoded.ok && { ...decoded.envelope, checksum: 0 }).toEqual({ ...expected })
        expect(Buffer.from(record.subarray(0, -6))).toEqual(Buffer.from(toBinary(EventEnvelopeSchema, expected)))
      }),
    )
  })

  test('keeps text of any script, around the lengths where its length takes one byte more', () => {
    const lengths = [1, 31, 32, 42, 43, 63, 64, 65, 126, 127, 128, 129, 5_461, 5_462, 8_191, 8_192, 16_383, 16_384]
    for (const length of lengths) {
      for (const letter of ['a', 'é', '語', '😀']) {
        const userAgent = letter.repeat(length)
        const envelope = envelopeOf(encodeRecord({ ...minimal, userAgent, visitorId: 'v' }, undefined))
        expect([envelope.userAgent === userAgent, envelope.visitorId]).toEqual([true, 'v'])
      }
    }
  })

  test('keeps fields of the event that this version does not know', () => {
    const unknownField = Uint8Array.of(0xfa, 0x3e, 0x03, 0x61, 0x62, 0x63)
    const known = toBinary(EventSchema, create(EventSchema, { eventId: 'a' }))
    const decoded = decodeRecord(encodeRecord(minimal, Buffer.concat([known, unknownField])))
    if (!decoded.ok) throw new Error(decoded.message)
    expect(decoded.envelope.event?.eventId).toBe('a')
    const again = toBinary(EventSchema, decoded.envelope.event!)
    expect(Buffer.from(again).includes(Buffer.from(unknownField))).toBe(true)
  })

  test('tells 0 from absent where the contract does', () => {
    expect(envelopeOf(encodeRecord({ ...minimal, skewMs: 0 }, undefined)).skewMs).toBe(0)
    expect(envelopeOf(encodeRecord(minimal, undefined)).skewMs).toBeUndefined()
  })

  test('said to be replayed is the same but for that, unknown fields included, and its event is found byte for byte', () => {
    fc.assert(
      fc.property(header, fc.option(event, { nil: undefined }), (given, eventBytes) => {
        const record = encodeRecord({ ...given, replayed: false }, eventBytes)
        const marked = markReplayed(record)
        const expected = { ...envelopeOf(record), replayed: true, checksum: 0 }
        expect({ ...envelopeOf(marked), checksum: 0 }).toEqual(expected)
        expect(envelopeOf(markReplayed(marked)).replayed).toBe(true)
        expect(eventBytesOf(marked)).toEqual(eventBytes && Buffer.from(eventBytes))
      }),
    )
  })

  test('with any bit flipped becomes a dead letter, never an exception', () => {
    fc.assert(
      fc.property(header, event, fc.nat(), fc.integer({ min: 0, max: 7 }), (given, eventBytes, at, bit) => {
        const record = encodeRecord(given, eventBytes)
        const place = at % record.length
        record[place] = record[place]! ^ (1 << bit)
        expect(decodeRecord(record)).toMatchObject({ ok: false, reason: 'RECORD_CORRUPT' })
      }),
    )
  })

  test('of any other bytes is refused, never an exception', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(decodeRecord(bytes).ok).toBe(false)))
  })

  test('whose checksum fits but whose event is no event is undecodable', () => {
    const record = encodeRecord(minimal, Uint8Array.of(0x0a, 0xff))
    expect(decodeRecord(record)).toMatchObject({ ok: false, reason: 'RECORD_UNDECODABLE' })
  })

  test('is read from the middle of a larger buffer', () => {
    const record = encodeRecord(minimal, undefined)
    const padded = Buffer.concat([Buffer.alloc(3), record, Buffer.alloc(3)])
    expect(decodeRecord(padded.subarray(3, -3)).ok).toBe(true)
  })

  test('larger than the reused buffer is whole', () => {
    const rejectedBytes = Buffer.alloc(300_000, 7)
    expect(envelopeOf(encodeRecord({ ...minimal, rejectedBytes }, undefined)).rejectedBytes.length).toBe(300_000)
  })
})

describe('the partition of a key', () => {
  // From Kafka's own UtilsTest.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is the one Java Kafka computes', (key, hash) => {
    expect(partitionOf(Buffer.from(key), 0x7fffffff)).toBe((hash & 0x7fffffff) % 0x7fffffff)
    expect(partitionOf(Buffer.from(key), 8)).toBe((hash & 0x7fffffff) % 8)
  })

  test('is one for a session, and differs between companies', () => {
    expect(Buffer.from(sessionKey(7, 'ä')).toString()).toBe('7:ä')
    const spread = new Set(Array.from({ length: 100 }, (_, company) => partitionOf(sessionKey(company, 's'), 8)))
    expect(spread.size).toBe(8)
  })
})

test('an anchor is 16 bytes and changes with key and value', () => {
  const anchors = [
    ['a', 'b'],
    ['a', 'c'],
    ['c', 'b'],
  ].map(([key, value]) => Buffer.from(anchorOf({ key: Buffer.from(key!), value: Buffer.from(value!) })))
  expect(anchors[0]).toHaveLength(16)
  expect(new Set(anchors.map((anchor) => anchor.toString('hex'))).size).toBe(3)
})

const minimal: EnvelopeHeader = {
  companyId: 1,
  siteId: 1,
  receivedAtUs: 1n,
  eventId: new Uint8Array(16),
  eventTimeUs: 1n,
}

function envelopeOf(record: Uint8Array) {
  const decoded = decodeRecord(record)
  if (!decoded.ok) throw new Error(decoded.message)
  return decoded.envelope
}
