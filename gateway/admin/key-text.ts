import { createHash, randomBytes } from 'node:crypto'
import type { Key } from '../keys.ts'

/** A key's text, and what is kept of it. */
export interface KeyText {
  /** Shown once and kept nowhere. */
  readonly text: string
  /** SHA-256 of the text: 256 random bits need no salt and no slow hash. */
  readonly hash: Buffer
  readonly prefix: string
}

const secretBytes = 32
const shownCharacters = 12

/** A new key of 256 random bits; its beginning says what it is, to readers and to scanners for leaked secrets. */
export function newKeyText(kind: Key['kind']): KeyText {
  const text = `uf_${kind}_${randomBytes(secretBytes).toString('base64url')}`
  return { text, hash: hashOf(text), prefix: prefixOf(text) }
}

/** What the database knows a key by. */
export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * The beginning of a key, to recognise it by: kind and 12 of 43 characters, which leaves 186 bits. Of a key that somebody
 * made up, a quarter of its characters and no more than 12, as it may be short.
 */
export function prefixOf(text: string): string {
  const kind = /^uf_(write|secret)_(?=[\w-]{43}$)/.exec(text)?.[0]
  return kind
    ? text.slice(0, kind.length + shownCharacters)
    : text.slice(0, Math.min(shownCharacters, text.length >> 2))
}
