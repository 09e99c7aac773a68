import { expect, test } from 'vitest'
import { faults, positionFaults } from './every-fault.ts'
import { readOptions } from './options.ts'
import { schedule } from './schedule.ts'

const programme = (seed: string) => ({ random: Object.entries(faults), after: [], seed, forMs: 60_000 })
function firstNames(seed: string, count: number): string[] {
  const names: string[] = []
  for (const [name] of schedule(programme(seed))) if (names.push(name) === count) break
  return names
}

test('a seed gives the same faults in the same order again, another seed another order', () => {
  expect(firstNames('a', 100)).toEqual(firstNames('a', 100))
  expect(firstNames('a', 100)).not.toEqual(firstNames('b', 100))
})

test('every fault comes once before any comes twice', () => {
  const count = Object.keys(faults).length
  expect(firstNames('a', count).sort()).toEqual(Object.keys(faults).sort())
})

test('what comes afterwards comes once, however short the time is', () => {
  const after = Object.entries(positionFaults)
  const names = [...schedule({ ...programme('a'), after, forMs: 0 })].map(([name]) => name)
  expect(names).toEqual(Object.keys(positionFaults))
})

test('a fault that does not exist, and a number out of bounds, are refused', () => {
  const read = (...words: string[]) => readOptions(words, Object.keys(faults))
  expect(read('--fault', 'kill-worker', '--rate', '100')).toMatchObject({ faults: ['kill-worker'], rate: 100 })
  expect(() => read('--fault', 'kill-nobody')).toThrow('kill-nobody')
  expect(() => read('--minutes', 'many')).toThrow('--minutes')
  expect(() => read('--log', 'paper')).toThrow('--log')
  expect(read('--minutes', '3')).toMatchObject({ minutes: 3, soakEveryMinutes: undefined })
  expect(read('--soak')).toMatchObject({ minutes: 20, soakEveryMinutes: 2 })
  expect(() => read('--soak', '--every', '0')).toThrow('--every')
  expect(read('--help')).toBeUndefined()
})
