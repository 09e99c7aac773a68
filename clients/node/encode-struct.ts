import { WireType } from '@bufbuild/protobuf/wire'
import type { WireWriter } from './wire-writer.ts'

// Fields of google.protobuf.Struct, of its entries, of Value and of ListValue.
const entryTag = (1 << 3) | WireType.LengthDelimited
const keyTag = (1 << 3) | WireType.LengthDelimited
const valueTag = (2 << 3) | WireType.LengthDelimited
const nullTag = (1 << 3) | WireType.Varint
const numberTag = (2 << 3) | WireType.Bit64
const textTag = (3 << 3) | WireType.LengthDelimited
const boolTag = (4 << 3) | WireType.Varint
const structTag = (5 << 3) | WireType.LengthDelimited
const listTag = (6 << 3) | WireType.LengthDelimited
const itemTag = (1 << 3) | WireType.LengthDelimited

/** Deeper than any event may be, and shallow enough for the stack: an object that contains itself ends here. */
const deepest = 100

/**
 * Writes a google.protobuf.Struct, made of whatever JSON.stringify would take, and bigints besides, which become numbers where
 * they are safe and text where not. False: it is nested deeper than 100 levels, and only a part was written.
 */
export function writeStruct(writer: WireWriter, struct: object, level = 1): boolean {
  if (level > deepest) return false
  for (const key of Object.keys(struct)) {
    const said = asJson(key, (struct as Readonly<Record<string, unknown>>)[key])
    if (said === undefined) continue
    writer.integer(entryTag)
    const entry = writer.open()
    writer.integer(keyTag)
    writer.text(key)
    writer.integer(valueTag)
    if (!writeValue(writer, said, level)) return false
    writer.close(entry)
  }
  return true
}

function writeList(writer: WireWriter, list: readonly unknown[], level: number): boolean {
  if (level > deepest) return false
  for (const [index, value] of list.entries()) {
    writer.integer(itemTag)
    if (!writeValue(writer, asJson(String(index), value) ?? null, level)) return false
  }
  return true
}

function writeValue(writer: WireWriter, value: unknown, level: number): boolean {
  const start = writer.open()
  let written = true
  if (value === null) {
    writer.integer(nullTag)
    writer.integer(0)
  } else if (typeof value === 'number') {
    writer.integer(numberTag)
    writer.double(value)
  } else if (typeof value === 'string') {
    writer.integer(textTag)
    writer.text(value)
  } else if (typeof value === 'boolean') {
    writer.integer(boolTag)
    writer.integer(value ? 1 : 0)
  } else written = writeInner(writer, value as object, level + 1)
  writer.close(start)
  return written
}

function writeInner(writer: WireWriter, value: object, level: number): boolean {
  const isList = Array.isArray(value)
  writer.integer(isList ? listTag : structTag)
  const start = writer.open()
  const written = isList ? writeList(writer, value, level) : writeStruct(writer, value, level)
  writer.close(start)
  return written
}

/** What JSON.stringify would write in its place; undefined: nothing. */
function asJson(key: string, value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    case 'object': {
      if (value === null) return null
      const { toJSON } = value as { toJSON?: (key: string) => unknown }
      return typeof toJSON === 'function' ? plainOf(toJSON.call(value, key)) : value
    }
    default:
      return plainOf(value)
  }
}

/** Functions and symbols say nothing. */
const plainOf = (value: unknown): unknown =>
  typeof value === 'function' || typeof value === 'symbol'
    ? undefined
    : typeof value === 'bigint'
      ? String(value)
      : value
