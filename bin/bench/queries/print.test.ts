import { expect, test } from 'vitest'
import { type Cell, share } from './measure-questions.ts'
import { rowsOf, summaryOf } from './print.ts'

const cell = (filters: 0 | 1 | 2, p95Ms: number): Cell => ({
  question: 'overview',
  filters,
  period: '30 days',
  coldMs: 900.4,
  p50Ms: 12.3,
  p95Ms,
  runs: 7,
})

test('a question is marked where it misses its target: 300 ms without filters, 1 s with them', () => {
  const cells = [cell(0, 300), cell(1, 1_000), cell(2, 1_000.1)]
  expect(rowsOf(cells).map((row) => row['30 days'])).toEqual(['12 / 300', '12 / 1000', '12 / 1000 ✗'])
  expect(rowsOf([cell(0, 300.1)])[0]).toMatchObject({ '30 days': '12 / 300 ✗', '1 day': '', 'cold, slowest': 900 })
  const sizes = { events: 2, database: 1e9, bytesPerEvent: 450, tables: [] }
  expect(summaryOf(cells, [], sizes)[0]).toContain('2 of 3')
})

test('p50 and p95 are values that occurred', () => {
  const values = [5, 1, 4, 2, 3]
  expect([share(values, 0.5), share(values, 0.95)]).toEqual([3, 5])
  expect(share([7], 0.5)).toBe(7)
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1)
  expect([share(hundred, 0.5), share(hundred, 0.95)]).toEqual([50, 95])
})
