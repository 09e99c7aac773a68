import { fromJson } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nanosOf, secondsOf } from './json-time.ts'

const byLibrary = (text: string): { seconds: number; nanos: number } | undefined => {
  try {
    const { seconds, nanos } = fromJson(TimestampSchema, text)
    return { seconds: Number(seconds), nanos }
  } catch {
    return undefined
  }
}
const byUs = (text: string): { seconds: number; nanos: number } | undefined => {
  const [seconds, nanos] = [secondsOf(text), nanosOf(text)]
  return seconds >= 0 && nanos >= 0 ? { seconds, nanos } : undefined
}

const two = (most: number) => fc.nat(most).map((value) => String(value).padStart(2, '0'))
const year = fc
  .oneof(fc.integer({ min: 1_970, max: 9_999 }), fc.constantFrom(1_900, 1_969, 2_000, 2_100, 2_400))
  .map(String)
const fraction = fc.stringMatching(/^(\.[0-9]{1,9})?$/)
const time = fc
  .tuple(year, two(13), two(32), two(24), two(60), two(61), fraction)
  .map(([y, m, d, h, min, s, f]) => `${y}-${m}-${d}T${h}:${min}:${s}${f}Z`)

test('every time of these years is read as the library reads it, and what it refuses is refused', () => {
  let read = 0
  fc.assert(
    fc.property(time, (text) => {
      const ours = byUs(text)
      const theirs = byLibrary(text)
      if (ours) expect(ours).toEqual(theirs)
      if (ours) read++
      const [, month = '', day = ''] = /^\d{4}-(\d\d)-(\d\d)T/.exec(text) ?? []
      // Some engines take 31 February; that and hour 24 are left to the library.
      const ordinary = Number(day) <= 28 && Number(month) <= 12 && !text.includes('T24')
      if (theirs && ordinary && text >= '1970') expect(ours).toEqual(theirs)
    }),
    { numRuns: 5_000 },
  )
  expect(read).toBeGreaterThan(2_000)
})

test('each day of a leap year and of others is known', () => {
  for (const start of [1_972, 1_999, 2_000, 2_100, 2_023]) {
    for (let day = 0; day < 366; day++) {
      const text = new Date(Date.UTC(start, 0, 1 + day, 23, 59, 59)).toISOString()
      expect(byUs(text)).toEqual(byLibrary(text))
    }
  }
})

test('a character changed anywhere is never read otherwise than by the library', () => {
  const change = fc.record({
    at: fc.nat(29),
    put: fc.oneof(fc.string({ maxLength: 1 }), fc.constantFrom('٣', '+', ' ', 'z')),
  })
  fc.assert(
    fc.property(time, change, (text, { at, put }) => {
      const changed = text.slice(0, at) + put + text.slice(at + 1)
      const ours = byUs(changed)
      if (ours) expect(ours).toEqual(byLibrary(changed))
    }),
    { numRuns: 5_000 },
  )
})
