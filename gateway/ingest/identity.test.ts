import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatUuid, type Identity, identify, parseUuid } from './identity.ts'
import { Rejection, reasonName } from './rejection.ts'
import { bytesOf, type EventInit, receivedAtMs, sampleEvent, sampleId } from './sample.case.ts'
import { EventScan } from './validate/event-scan.ts'

const scan = new EventScan()
const identityOf = (change: EventInit, receivedAtUs = receivedAtMs * 1_000): Identity | string => {
  expect(scan.scan(bytesOf(sampleEvent(change)))).toBeUndefined()
  const identity = identify(scan, receivedAtUs)
  return identity instanceof Rejection ? `${reasonName(identity.reason)} ${identity.field}` : identity
}
const timed = (seconds: number | bigint, nanos = 0): EventInit => ({ eventTime: { seconds: BigInt(seconds), nanos } })
const accepted = (identity: Identity | string): Identity => {
  if (typeof identity === 'string') throw new Error(identity)
  return identity
}

test.each([
  ['00000000-0000-0000-0000-000000000000'],
  ['0197A3C2-1F00-7ABC-8DEF-0123456789AB'],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff'],
])('%s is a UUID, and capitals do not make another', (text) => {
  expect(formatUuid(accepted(identityOf({ eventId: text })).eventId)).toBe(text.toLowerCase())
})

test.each([
  ['0197a3c2-1f00-7abc-8def-0123456789a'],
  ['0197a3c2_1f00-7abc-8def-0123456789ab'],
  ['0197a3c2-1f00-7abc-8def-0123456789ag'],
  ['0197a3c21f007abc8def0123456789ab'],
  ['0197a3c2-1f00-7abc-8def-0123456789é'],
  ['\0'.repeat(36)],
])('%j is no UUID', (text) => {
  expect(identityOf({ eventId: text })).toBe('EVENT_ID_INVALID event_id')
})

test('16 bytes and the text of a UUID are the same thing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(parseUuid(formatUuid(bytes))).toEqual(bytes)
    }),
  )
})

test('event_time is kept in microseconds, nanoseconds cut', () => {
  expect(accepted(identityOf(timed(1_700_000_000, 123_456_999))).eventTimeUs).toBe(1_700_000_000_123_456)
})

test.each([
  ['the first instant of 2000', 946_684_800, 0, 'fine'],
  ['the last of 1999', 946_684_799, 999_999_999, 'EVENT_TIME_OUT_OF_RANGE event_time'],
  ['negative nanoseconds', 1_700_000_000, -1, 'EVENT_TIME_OUT_OF_RANGE event_time'],
  ['a second of nanoseconds', 1_700_000_000, 1_000_000_000, 'EVENT_TIME_OUT_OF_RANGE event_time'],
  ['the greatest int64', 2n ** 63n - 1n, 0, 'EVENT_TIME_OUT_OF_RANGE event_time'],
  ['the least int64', -(2n ** 63n), 0, 'EVENT_TIME_OUT_OF_RANGE event_time'],
  ['24 h ahead', receivedAtMs / 1_000 + 86_400, 0, 'fine'],
  ['24 h and a microsecond ahead', receivedAtMs / 1_000 + 86_400, 1_000, 'EVENT_TIME_IN_FUTURE event_time'],
])('%s', (_what, seconds, nanos, verdict) => {
  const identity = identityOf(timed(seconds, nanos))
  expect(typeof identity === 'string' ? identity : 'fine').toBe(verdict)
})

test('2099 ends the range, by whatever clock', () => {
  const end = 4_102_444_800
  expect(identityOf(timed(end - 1, 999_999_999), end * 1e6)).toMatchObject({ eventTimeUs: end * 1e6 - 1 })
  expect(identityOf(timed(end), end * 1e6)).toBe('EVENT_TIME_OUT_OF_RANGE event_time')
})

test('without event_time the time inside a version 7 id counts, so a resend has the same key', () => {
  const sent = { eventId: '0197a3c2-1f00-7abc-8def-0123456789ab', eventTime: undefined } as EventInit
  const first = accepted(identityOf(sent))
  const again = accepted(identityOf(sent, receivedAtMs * 1_000 + 5_000_000))
  expect(first).toEqual(again)
  expect(first.eventTimeUs).toBe(0x0197a3c21f00 * 1_000)
})

test('without event_time and version 7, or with a time in it that cannot be, the receive time counts', () => {
  const now = receivedAtMs * 1_000
  for (const eventId of [
    '0197a3c2-1f00-4abc-8def-0123456789ab',
    'ffffffff-ffff-7fff-8fff-ffffffffffff',
    '00000000-0000-7000-8000-000000000000',
  ]) {
    expect(identityOf({ eventId, eventTime: undefined } as EventInit)).toMatchObject({ eventTimeUs: now })
  }
})

test('an absent id is assigned: version 7 with the receive time, so that it alone makes a resend the same event', () => {
  const first = accepted(identityOf({ eventId: '', eventTime: undefined } as EventInit, receivedAtMs * 1_000 + 999))
  expect(first.assigned).toBe(true)
  expect(formatUuid(first.eventId)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const resent = { eventId: formatUuid(first.eventId), eventTime: undefined } as EventInit
  expect(accepted(identityOf(resent, receivedAtMs * 1_000 + 60_000_000)).eventTimeUs).toBe(first.eventTimeUs)
  const ids = new Set(Array.from({ length: 2_000 }, () => formatUuid(accepted(identityOf({ eventId: '' })).eventId)))
  expect(ids.size).toBe(2_000)
})

test('a sent event_time stands beside an assigned id', () => {
  const sent = accepted(identityOf({ eventId: '', eventTime: timestampFromMs(receivedAtMs - 5) }))
  expect(sent).toMatchObject({ assigned: true, eventTimeUs: (receivedAtMs - 5) * 1_000 })
  expect(accepted(identityOf({ eventId: sampleId })).assigned).toBe(false)
})
