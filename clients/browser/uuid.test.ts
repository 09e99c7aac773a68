import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uuid7 } from './uuid.ts'

test('an id is a UUID of version 7 that holds its time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 47 }), (atMs) => {
      const id = uuid7(atMs)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(atMs)
    }),
  )
})

test('ids of one millisecond differ', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => uuid7(1_700_000_000_000))).size).toBe(10_000)
})
