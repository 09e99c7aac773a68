import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

const nowMs = Date.UTC(2026, 10, 22, 13, 30)

test('days alone fill the days up to now and end', () => {
  const options = readOptions(['--days', '3'], nowMs)
  expect(options).toMatchObject({ days: 3, untilMs: nowMs, live: undefined })
})

test('without days there is live traffic until it is stopped', () => {
  expect(readOptions([], nowMs)).toMatchObject({ days: 0, live: { rate: 50, forMs: Number.POSITIVE_INFINITY } })
})

test('days and minutes: first the days, then live', () => {
  const options = readOptions(['--days', '30', '--rate', '200', '--minutes', '5'], nowMs)
  expect(options).toMatchObject({ days: 30, live: { rate: 200, forMs: 300_000 } })
})

test.each([
  [['--rate', 'fast'], '--rate'],
  [['--users', '0'], '--users'],
  [['--until', 'tomorrow'], '--until'],
])('%j is refused by name', (args, name) => {
  expect(() => readOptions(args, nowMs)).toThrow(name)
})
