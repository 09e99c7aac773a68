import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findPoison } from './bisect.ts'

test('exactly the bad rows are found, wherever they stand', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (bad) => {
      const found = await findPoison(bad.length, async (from, to) =>
        bad.slice(from, to).includes(true) ? `bad in ${from}–${to}` : undefined,
      )
      expect(found.map(({ row }) => row)).toEqual(bad.flatMap((is, row) => (is ? [row] : [])))
    }),
  )
})

test('one bad row among thousands costs few tries', async () => {
  let tries = 0
  const found = await findPoison(5_000, async (from, to) => {
    tries += 1
    return from <= 3_333 && 3_333 < to ? 'bad' : undefined
  })
  expect(found).toEqual([{ row: 3_333, error: 'bad' }])
  expect(tries).toBeLessThanOrEqual(27)
})
