import { isUtf8 } from 'node:buffer'
import { JsonText } from './json-text.ts'
import { unusual } from './unusual.ts'
import type { WireCursor } from './wire-cursor.ts'

/**
 * More than properties ordinarily have, and far less than the contract allows: the limits themselves are drawn where all
 * properties can be seen, in the worker.
 */
const depthMax = 8
const keysMax = 64
const numberMax = 1e308

/** Tags of google.protobuf.Struct, Value and ListValue. */
const entryTag = 0x0a
const keyTag = 0x0a
const valueTag = 0x12
const itemTag = 0x0a
const nullTag = 0x08
const numberTag = 0x11
const textTag = 0x1a
const boolTag = 0x20
const structTag = 0x2a
const listTag = 0x32

const comma = 0x2c
const colon = 0x3a

/**
 * Reads a google.protobuf.Struct straight into JSON text, without an object in between. Takes only what encoders ordinarily
 * write and throws `unusual` for all else, valid or not, for which the general decoder is asked: many keys, deep nesting,
 * a key twice or one that begins with a digit (JavaScript sorts those), NUL, numbers at the limit.
 */
export class PropertiesText {
  /** Empty (`size` 0) if there are no properties. */
  readonly json = new JsonText()
  readonly #cursor: WireCursor
  /** Start and end of each key of the objects that are open. */
  readonly #keys = new Int32Array(keysMax * 2)
  #keysOpen = 0
  #keysSeen = 0

  constructor(cursor: WireCursor) {
    this.#cursor = cursor
  }

  /** The cursor stands at the Struct's first byte. @throws unusual */
  read(end: number): void {
    this.json.clear()
    this.#keysOpen = 0
    this.#keysSeen = 0
    this.#struct(end, 1)
    if (this.#keysSeen === 0) this.json.clear()
    if (this.json.repaired) throw unusual
  }

  #struct(end: number, depth: number): void {
    if (depth > depthMax) throw unusual
    const { json } = this
    const cursor = this.#cursor
    const firstKey = this.#keysOpen
    json.mark(0x7b)
    while (cursor.at < end) {
      if (cursor.tag() !== entryTag) throw unusual
      const entryEnd = cursor.until(end)
      if (this.#keysOpen > firstKey) json.mark(comma)
      this.#key(firstKey, entryEnd)
      json.mark(colon)
      if (cursor.tag() !== valueTag) throw unusual
      this.#value(cursor.until(entryEnd), depth)
      cursor.close(entryEnd)
    }
    cursor.close(end)
    json.mark(0x7d)
    this.#keysOpen = firstKey
  }

  #key(firstKey: number, entryEnd: number): void {
    const cursor = this.#cursor
    if (cursor.tag() !== keyTag) throw unusual
    const end = cursor.until(entryEnd)
    const start = cursor.at
    const first = cursor.bytes[start]!
    if ((first >= 0x30 && first <= 0x39 && start < end) || this.#keysSeen === keysMax) throw unusual
    for (let key = firstKey; key < this.#keysOpen; key++) {
      if (this.#isKey(key, start, end)) throw unusual
    }
    this.#keysSeen++
    this.#keys[this.#keysOpen * 2] = start
    this.#keys[this.#keysOpen * 2 + 1] = end
    this.#keysOpen++
    this.#text(end)
  }

  /** Whether a key that is already there is the same as the bytes from `start` to `end`. */
  #isKey(key: number, start: number, end: number): boolean {
    const { bytes } = this.#cursor
    const from = this.#keys[key * 2]!
    const length = this.#keys[key * 2 + 1]! - from
    if (length !== end - start) return false
    for (let at = 0; at < length; at++) {
      if (bytes[from + at] !== bytes[start + at]) return false
    }
    return true
  }

  #value(end: number, depth: number): void {
    const { json } = this
    const cursor = this.#cursor
    const tag = cursor.tag()
    if (tag === textTag) this.#text(cursor.until(end))
    else if (tag === numberTag) this.#number(cursor.double())
    else if (tag === boolTag) json.plain(cursor.bool() === 1 ? 'true' : 'false')
    else if (tag === structTag) this.#struct(cursor.until(end), depth + 1)
    else if (tag === listTag) this.#list(cursor.until(end), depth + 1)
    else if (tag === nullTag && cursor.varint32() === 0) json.plain('null')
    else throw unusual
    cursor.close(end)
  }

  #list(end: number, depth: number): void {
    if (depth > depthMax) throw unusual
    const { json } = this
    const cursor = this.#cursor
    const start = cursor.at
    json.mark(0x5b)
    while (cursor.at < end) {
      if (cursor.at > start) json.mark(comma)
      if (cursor.tag() !== itemTag) throw unusual
      this.#value(cursor.until(end), depth)
    }
    cursor.close(end)
    json.mark(0x5d)
  }

  #number(value: number): void {
    // NaN fails the comparison too.
    if (!(Math.abs(value) <= numberMax)) throw unusual
    this.json.plain(String(value))
  }

  #text(end: number): void {
    const cursor = this.#cursor
    const { bytes, at } = cursor
    for (let index = at; index < end; index++) {
      if (bytes[index]! < 128) continue
      if (!isUtf8(bytes.subarray(at, end))) throw unusual
      break
    }
    this.json.text(bytes, at, end)
    cursor.at = end
  }
}
