import { EventSchema } from '../../../proto/gen/userflow/v1/event_pb.ts'
import { limits } from '../limits.ts'
import { structTags } from '../struct-tags.ts'
import { type JsonField, type JsonMessage, jsonMessage } from './json-message.ts'
import { nanosOf, secondsOf } from './json-time.ts'
import { WireWriter } from './wire-writer.ts'

const eventMessage = jsonMessage(EventSchema)
const writer = new WireWriter(limits.eventBytes)

/**
 * The bytes of an event given as parsed JSON by the proto3 mapping, in one pass: the same that `fromJson` and `toBinary`
 * make together. Undefined at anything it does not know for sure, such as a wrong type, an unknown key, a number sent as
 * text, lone surrogates, or levels and sizes beyond the limits: the library then reads it, or says what is wrong.
 */
export function encodeEvent(json: unknown): Buffer | undefined {
  writer.begin()
  return writeMessage(eventMessage, json) ? writer.take() : undefined
}

/** Writes the fields of a message; false: it is left to the library. */
function writeMessage(message: JsonMessage, json: unknown): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false
  const seen = collect(message, json as Record<string, unknown>)
  const complete = seen >= 0 && writeFields(message, seen)
  // A stranger's values are not kept for as long as nobody sends others.
  if (!complete) message.values.fill(undefined)
  return complete
}

/** Puts the values of a message in the order of its fields; returns the bits of those seen. -1: left to the library. */
function collect({ byKey, values, oneofs }: JsonMessage, json: Record<string, unknown>): number {
  let seen = 0
  // for…in, because it makes no list; what JSON.parse returns has no inherited keys.
  for (const key in json) {
    const field = byKey.get(key)
    // The same field may come by both of its names.
    if (field === undefined || field.bit === 0 || (seen & field.bit) !== 0) return -1
    seen |= field.bit
    values[field.index] = json[key]
  }
  for (let at = 0; at < oneofs.length; at++) {
    const members = seen & oneofs[at]!
    if ((members & (members - 1)) !== 0) return -1
  }
  return seen
}

function writeFields({ fields, values }: JsonMessage, seen: number): boolean {
  for (let rest = seen; rest !== 0; rest &= rest - 1) {
    const index = 31 - Math.clz32(rest & -rest)
    const value = values[index]
    values[index] = undefined
    // null is the same as absent.
    if (value !== null && !writeField(fields[index]!, value)) return false
  }
  return true
}

function writeField(field: JsonField, value: unknown): boolean {
  switch (field.kind) {
    case 'string':
      return typeof value === 'string' && (value === '' || writeText(field.tag, value))
    case 'uint32':
      return typeof value === 'number' && value >>> 0 === value && writeInteger(field.tag, value)
    case 'int32':
      return typeof value === 'number' && (value | 0) === value && writeInteger(field.tag, value)
    case 'double':
      return (
        typeof value === 'number' && Number.isFinite(value) && (Object.is(value, 0) || writeDouble(field.tag, value))
      )
    case 'enum':
      return writeEnum(field, value)
    case 'message':
      return writeInner(field, value)
    case 'messages':
      return Array.isArray(value) && value.every((item) => writeInner(field, item))
    case 'time':
      return typeof value === 'string' && writeTime(field.tag, value)
    case 'struct':
      return writeStruct(field.tag, value, 1)
    case 'other':
      return false
  }
}

function writeText(tag: number, value: string): boolean {
  writer.varint(tag)
  return writer.text(value)
}

function writeInteger(tag: number, value: number): true {
  if (value !== 0) {
    writer.varint(tag)
    writer.int32(value)
  }
  return true
}

function writeDouble(tag: number, value: number): true {
  writer.varint(tag)
  writer.double(value)
  return true
}

function writeEnum(field: JsonField, value: unknown): boolean {
  const number = typeof value === 'string' ? field.numbers!.get(value) : value
  return typeof number === 'number' && (number | 0) === number && writeInteger(field.tag, number)
}

function writeInner(field: JsonField, value: unknown): boolean {
  if (writer.full) return false
  writer.varint(field.tag)
  const opened = writer.open()
  if (!writeMessage(field.message!, value)) return false
  writer.close(opened)
  return true
}

function writeTime(tag: number, text: string): boolean {
  const seconds = secondsOf(text)
  const nanos = nanosOf(text)
  // Written so that NaN is no time.
  if (!(seconds >= 0 && nanos >= 0)) return false
  writer.varint(tag)
  const opened = writer.open()
  if (seconds > 0) {
    writer.varint(tags.seconds)
    writer.varint(seconds)
  }
  if (nanos > 0) {
    writer.varint(tags.nanos)
    writer.varint(nanos)
  }
  writer.close(opened)
  return true
}

/** Besides those of Struct the tags of google.protobuf.Timestamp. */
const tags = { ...structTags, seconds: 8, nanos: 16 }

/** Writes an object as a Struct of this level, the outermost being the first. */
function writeStruct(tag: number, json: unknown, level: number): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || level > limits.propertyDepth) return false
  writer.varint(tag)
  const opened = writer.open()
  for (const key in json) {
    writer.varint(tags.entry)
    const entry = writer.open()
    if (!writeText(tags.key, key)) return false
    if (!writeValue(tags.value, (json as Record<string, unknown>)[key], level)) return false
    writer.close(entry)
  }
  writer.close(opened)
  return true
}

/** Writes a Value; objects and lists in it are one level deeper than `level`. */
function writeValue(tag: number, json: unknown, level: number): boolean {
  if (writer.full) return false
  writer.varint(tag)
  const opened = writer.open()
  if (!writeKind(json, level)) return false
  writer.close(opened)
  return true
}

function writeKind(json: unknown, level: number): boolean {
  switch (typeof json) {
    case 'string':
      return writeText(tags.string, json)
    case 'number':
      return !Number.isNaN(json) && writeDouble(tags.number, json)
    case 'boolean':
      writer.varint(tags.bool)
      writer.varint(json ? 1 : 0)
      return true
    case 'object':
      if (json !== null)
        return Array.isArray(json) ? writeList(json, level + 1) : writeStruct(tags.struct, json, level + 1)
      writer.varint(tags.null)
      writer.varint(0)
      return true
    default:
      return false
  }
}

function writeList(json: readonly unknown[], level: number): boolean {
  if (level > limits.propertyDepth) return false
  writer.varint(tags.list)
  const opened = writer.open()
  for (let at = 0; at < json.length; at++) if (!writeValue(tags.item, json[at], level)) return false
  writer.close(opened)
  return true
}
