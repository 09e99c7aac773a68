import { expect, test } from 'vitest'
import { changeOf, formatDays, formatDuration, formatShare, formatShort } from './formats.ts'

test('numbers read as people write them', () => {
  expect([9_876, 12_345, 1_200_000].map(formatShort)).toEqual(['9,876', '12.3K', '1.2M'])
  expect([0.4213, 1, 0].map(formatShare)).toEqual(['42.1%', '100%', '0%'])
  expect([4.4, 59.7, 125, 3_840].map(formatDuration)).toEqual(['4s', '1m 00s', '2m 05s', '1h 04m'])
})

test('a base of zero is new and has no percentage', () => {
  expect(changeOf(12, 0)).toEqual({ kind: 'new', text: 'new' })
  expect(changeOf(0, 0)).toEqual({ kind: 'same', text: '0%' })
  expect(changeOf(110, 100)).toEqual({ kind: 'up', text: '10%' })
  expect(changeOf(993, 1_000)).toEqual({ kind: 'down', text: '0.7%' })
  expect(changeOf(0.5, 0.42, 'points')).toEqual({ kind: 'up', text: '8 pp' })
})

test('days are said as short as they are clear', () => {
  expect(formatDays('2026-11-22', '2026-11-22')).toBe('Sun, 22 Nov 2026')
  expect(formatDays('2026-11-01', '2026-11-30')).toBe('November 2026')
  expect(formatDays('2026-11-16', '2026-11-22')).toBe('16 Nov – 22 Nov 2026')
  expect(formatDays('2025-12-28', '2026-01-03')).toBe('28 Dec 2025 – 3 Jan 2026')
})
