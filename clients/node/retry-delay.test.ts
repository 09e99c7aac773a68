import { expect, test } from 'vitest'
import { backOffMs, retryAfterMs } from './retry-delay.ts'

test('pauses double from a tenth of a second to five seconds, less up to half by chance', () => {
  for (const [failures, mostMs] of [
    [0, 100],
    [1, 100],
    [2, 200],
    [4, 800],
    [7, 5_000],
    [1_000, 5_000],
  ] as const) {
    for (let draw = 0; draw < 50; draw++) {
      expect(backOffMs(failures)).toBeGreaterThan(mostMs / 2)
      expect(backOffMs(failures)).toBeLessThanOrEqual(mostMs)
    }
  }
})

test('what a gateway asks for is waited for, up to a minute, and nothing else is believed', () => {
  expect(['5', '0.5', '3600', undefined, '', 'soon', '-1', 'Infinity'].map(retryAfterMs)).toEqual([
    5_000, 500, 60_000, 0, 0, 0, 0, 60_000,
  ])
})
