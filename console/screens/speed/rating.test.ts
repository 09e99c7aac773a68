import { expect, test } from 'vitest'
import { SpeedMeasure } from '../../../proto/gen/userflow/v1/speed_pb.ts'
import { formatSpeed, ratingOf } from './rating.tsx'

test('a value at a threshold is still the better of two, and without thresholds there is no rating', () => {
  const lcp = { goodTo: 2_500, poorAbove: 4_000 }
  expect([2_500, 2_501, 4_000, 4_001].map((value) => ratingOf(value, lcp))).toEqual(['good', 'fair', 'fair', 'poor'])
  expect(ratingOf(1, {})).toBeUndefined()
})

test('milliseconds turn into seconds from a thousand on, and a layout shift has no unit', () => {
  expect(formatSpeed(SpeedMeasure.INP, 180.4)).toBe('180 ms')
  expect(formatSpeed(SpeedMeasure.LCP, 2_350)).toBe('2.35 s')
  expect(formatSpeed(SpeedMeasure.CLS, 0.1)).toBe('0.10')
})
