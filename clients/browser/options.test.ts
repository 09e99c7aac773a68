import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fits, listed } from './options.ts'

test('a list is its words without what is around them', () => {
  expect(listed(' page, click,,form ')).toEqual(['page', 'click', 'form'])
  expect([listed(undefined), listed(''), listed(' , ')]).toEqual([[], [], []])
})

test('a pattern fits the whole text, and its star anything', () => {
  expect(fits(['/admin/*'], '/admin/users/7')).toBe(true)
  expect(fits(['/admin'], '/admin/users')).toBe(false)
  expect(fits(['*.example.com'], 'shop.example.com')).toBe(true)
  expect(fits(['*.example.com'], 'example.com')).toBe(false)
  expect(fits(['example.com'], 'exampleXcom')).toBe(false)
  expect(fits([], '/')).toBe(false)
})

test('any text fits itself, and any beginning with a star after it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '/', '.', '+', '(', '[', '\\', '$', '^', '?', '|', '{', ')') })
  fc.assert(
    fc.property(text, text, (start, end) => {
      expect(fits([start], start)).toBe(true)
      expect(fits([`${start}*`], start + end)).toBe(true)
      if (end !== '') expect(fits([start], start + end)).toBe(false)
    }),
  )
})
