import { expect, test } from 'vitest'
import { hashOf, newKeyText, prefixOf } from './key-text.ts'

test('a key has 256 random bits behind its kind, and no two are the same', () => {
  const texts = new Set(Array.from({ length: 1_000 }, () => newKeyText('write').text))
  expect(texts.size).toBe(1_000)
  const { text, hash, prefix } = newKeyText('secret')
  expect(Buffer.from(text.replace('uf_secret_', ''), 'base64url').length).toBe(32)
  expect(text).toMatch(/^uf_secret_[\w-]{43}$/)
  expect(hash).toEqual(hashOf(text))
  expect(prefix).toBe(text.slice(0, 'uf_secret_'.length + 12))
})

test('of a key that somebody made up only a quarter is shown', () => {
  expect(prefixOf('sixteen-letters!')).toBe('sixt')
  expect(prefixOf(`uf_write_${'x'.repeat(7)}`)).toBe('uf_w')
  expect(prefixOf('x'.repeat(200))).toBe('x'.repeat(12))
})
