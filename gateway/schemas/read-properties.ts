import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import { WireCursor } from '../../eventlog/wire-cursor.ts'
import { withoutNul } from '../ingest/visit.ts'

/** Tags of google.protobuf.Struct, Value and ListValue: field number * 8 + wire type. */
const tags = { entry: 10, key: 10, value: 18, item: 10, null: 8, number: 17, text: 26, bool: 32, struct: 42, list: 50 }

const wire = new WireCursor((why) => new Error(`the properties were not scanned before, because ${why}`))

/**
 * Reads a google.protobuf.Struct as it will be stored: NUL as U+FFFD, the last of two keys of a name. Every key is a property
 * of its own, one called `__proto__` too, which the general decoder makes the prototype of the object.
 * The bytes must have passed the scan of ingest, which bounds their depth.
 */
export function readProperties(struct: Buffer): JsonObject {
  wire.open(struct)
  return readStruct(struct.length)
}

function readStruct(end: number): JsonObject {
  const object: JsonObject = {}
  while (wire.at < end) {
    const tag = wire.tag()
    if (tag === tags.entry) readEntry(object, wire.until(end))
    else wire.skip(tag & 7, end)
  }
  return object
}

function readEntry(object: JsonObject, end: number): void {
  let key = ''
  let value: JsonValue = null
  while (wire.at < end) {
    const tag = wire.tag()
    if (tag === tags.key) key = readText(wire.until(end))
    else if (tag === tags.value) value = readValue(wire.until(end))
    else wire.skip(tag & 7, end)
  }
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

function readValue(end: number): JsonValue {
  let value: JsonValue = null
  while (wire.at < end) {
    const tag = wire.tag()
    if (tag === tags.text) value = readText(wire.until(end))
    else if (tag === tags.number) value = wire.double()
    else if (tag === tags.bool) value = wire.long() !== 0
    else if (tag === tags.struct) value = readStruct(wire.until(end))
    else if (tag === tags.list) value = readList(wire.until(end))
    else wire.skip(tag & 7, end)
  }
  return value
}

function readList(end: number): JsonValue[] {
  const items: JsonValue[] = []
  while (wire.at < end) {
    const tag = wire.tag()
    if (tag === tags.item) items.push(readValue(wire.until(end)))
    else wire.skip(tag & 7, end)
  }
  return items
}

function readText(end: number): string {
  const text = wire.bytes.toString('utf8', wire.at, end)
  wire.at = end
  return withoutNul(text)
}
