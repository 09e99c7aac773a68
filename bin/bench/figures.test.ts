import { expect, test } from 'vitest'
import { type BenchResult, fallen, median } from './figures.ts'

const result = (ratio: number, sessions = 5_000): BenchResult => ({
  at: '',
  commit: '',
  log: 'embedded',
  cores: 2,
  events: 50_000,
  pairs: 3,
  figures: [{ target: '1', what: 'end to end', value: 1, unit: 'events/s', ratio, sessions }],
})

test('the median of three is the middle one', () => {
  expect(median([9, 1, 5])).toBe(5)
})

test('a ratio that fell by more than 15 % is named, one that fell less is not', () => {
  expect(fallen(result(0.42), result(0.5))).toEqual(['end to end: 0.42 of raw COPY, 0.50 before'])
  expect(fallen(result(0.43), result(0.5))).toEqual([])
})

test('only figures of the same spread are compared', () => {
  expect(fallen(result(0.1, 1_000), result(0.5, 5_000))).toEqual([])
})
