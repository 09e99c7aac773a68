import { fromBinary, fromJson, type JsonObject, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { StructSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readProperties } from './read-properties.ts'

const structOf = (json: JsonObject): Buffer => Buffer.from(toBinary(StructSchema, fromJson(StructSchema, json)))

const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => one !== '__proto__' && !one.includes('\0'))
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}))

test('properties are read as the general decoder reads them', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value, { maxKeys: 6 }), (json) => {
      const bytes = structOf(json)
      expect(readProperties(bytes)).toEqual(toJson(StructSchema, fromBinary(StructSchema, bytes)))
    }),
    { numRuns: 500 },
  )
})

/** An entry of a Struct with a text as its value. */
const entry = (key: string, value: string): Uint8Array =>
  new BinaryWriter()
    .tag(1, 2)
    .fork()
    .tag(1, 2)
    .string(key)
    .tag(2, 2)
    .fork()
    .tag(3, 2)
    .string(value)
    .join()
    .join()
    .finish()

test('a key called __proto__ is a property as any other, and changes no prototype', () => {
  const read = readProperties(Buffer.concat([entry('__proto__', 'x'), entry('constructor', 'y')]))
  expect(Object.keys(read)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
})

test('what is judged is what is stored: U+FFFD for NUL, the last of two keys', () => {
  expect(readProperties(Buffer.concat([entry('a\0', '1\0'), entry('b', '1'), entry('b', '2')]))).toEqual({
    'a\ufffd': '1\ufffd',
    b: '2',
  })
})
