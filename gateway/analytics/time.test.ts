import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromMicros, fromSqlTime, toMicros, toSqlTime } from './time.ts'

const micros = fc.integer({ min: Date.UTC(1900) * 1e3, max: Date.UTC(2150) * 1e3 })

test('a time survives the way to Postgres and back to the microsecond', () => {
  fc.assert(
    fc.property(micros, (value) => {
      // Postgres writes a blank for the T, no zeros at the end of the fraction, and +00 for the Z.
      const asPostgresWrites = toSqlTime(value)
        .replace('T', ' ')
        .replace(/\.?0*Z$/, '+00')
      const back = fromSqlTime(asPostgresWrites)
      expect(back).toEqual(fromMicros(value))
      expect(toMicros({ $typeName: 'google.protobuf.Timestamp', ...back })).toBe(value)
    }),
  )
})

test('nanoseconds are cut off, as they are when an event is stored', () => {
  expect(toMicros({ $typeName: 'google.protobuf.Timestamp', seconds: 1n, nanos: 1_999 })).toBe(1_000_001)
})

test('a time in another zone is not read by mistake', () => {
  expect(() => fromSqlTime('2026-11-10 10:00:00+05:45')).toThrow(/not a time in UTC/)
})
