import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionsOf } from './leases.ts'

test('every partition belongs to exactly one live worker, and nobody has two more than another', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 64 }),
      (ids, partitions) => {
        const live = ids.sort()
        const held = live.map((id) => partitionsOf(id, live, partitions))
        expect(held.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, p) => p))
        const sizes = held.map((own) => own.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      },
    ),
  )
})
