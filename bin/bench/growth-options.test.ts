import { expect, test } from 'vitest'
import { readGrowthOptions } from './growth-options.ts'

test('sizes come in ascending order, whatever order they are given in, or each would need a system of its own', () => {
  expect(readGrowthOptions(['--stored', '50,1,10', '--companies', '10'])).toMatchObject({
    storedMillions: [1, 10, 50],
    companies: [10],
    fillMinutes: 40,
  })
})

test('what is no number in bounds is refused by its name', () => {
  expect(() => readGrowthOptions(['--stored', '1,many'])).toThrow('--stored')
  expect(() => readGrowthOptions(['--companies', '1.5'])).toThrow('--companies')
  expect(() => readGrowthOptions(['--fill-minutes', '0'])).toThrow('--fill-minutes')
  expect(readGrowthOptions(['--help'])).toBeUndefined()
})
