import { create } from '@bufbuild/protobuf'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { RequestError } from '../errors.ts'
import { checkEventId, checkLimit, checkOpenPeriod, checkPeriod, checkSites, checkTime } from './parameters.ts'

const at = (iso: string): Timestamp => create(TimestampSchema, { seconds: BigInt(Date.parse(iso) / 1e3) })
const years = (last: string) => ({ from: at('2000-01-01T00:00:00Z'), to: at(last) })

const refused: [string, () => unknown, RegExp][] = [
  ['no start', () => checkPeriod({ to: at('2026-01-01T00:00:00Z') }), /^from: is required/],
  ['no end', () => checkPeriod({ from: at('2026-01-01T00:00:00Z') }), /^to: is required/],
  ['an end at the start', () => checkPeriod(years('2000-01-01T00:00:00Z')), /^from: must be before to/],
  ['an end before the start', () => checkOpenPeriod(years('1999-01-01T00:00:00Z')), /^from: must be before to/],
  ['a second more than 100 years', () => checkPeriod(years('2100-01-01T00:00:01Z')), /^to: may be at most 100 years/],
  ['a year of five digits', () => checkTime('to', create(TimestampSchema, { seconds: 10n ** 17n })), /^to: must lie/],
  ['nanoseconds of a second and more', () => checkTime('to', create(TimestampSchema, { nanos: 1e9 })), /^to: must lie/],
  ['negative nanoseconds', () => checkTime('to', create(TimestampSchema, { nanos: -1 })), /^to: must lie/],
  ['1,001 rows', () => checkLimit(1_001), /^limit: may be at most 1,000/],
  ['101 sites', () => checkSites(Array.from({ length: 101 }, (_, id) => id)), /^site_ids: may name at most 100/],
  ['the id of no site', () => checkSites([2 ** 31]), /^site_ids: 2147483648 is not/],
  ['an id with a blank', () => checkEventId('0197a3c2-0000-7000-8000-00000000000 '), /^event_id: must be a UUID/],
]

test.each(refused)('%s is refused by name', (_, check, message) => {
  const error = (() => {
    try {
      return check()
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(RequestError)
  expect(error).toMatchObject({ code: 'PARAMETER_INVALID', message: expect.stringMatching(message) })
})

test('what lies at a limit is taken', () => {
  expect(checkPeriod(years('2100-01-01T00:00:00Z'))).toEqual({
    from_time: '2000-01-01T00:00:00.000000Z',
    to_time: '2100-01-01T00:00:00.000000Z',
  })
  expect(checkOpenPeriod({})).toEqual({ from_time: null, to_time: null })
  expect(checkLimit(1_000)).toBe(1_000)
  expect(checkLimit(0)).toBe(50)
  expect(checkSites(Array.from({ length: 100 }, () => 2 ** 31 - 1))).toHaveLength(100)
  expect(checkEventId('0197A3C2-0000-7000-8000-00000000000F')).toBe('0197a3c2-0000-7000-8000-00000000000f')
  expect(checkTime('from', create(TimestampSchema, { seconds: -62_135_596_800n }))).toBe('0001-01-01T00:00:00.000000Z')
})
