import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { WireType } from '@bufbuild/protobuf/wire'
import { StructSchema, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { writeStruct } from './encode-struct.ts'
import { WireWriter } from './wire-writer.ts'

type Plain = Readonly<Record<string, unknown>>
/** How to write the fields of a message, by their names. No message of an event has more than one oneof. */
type Plan = ReadonlyMap<string, { readonly write: WriteField; readonly oneof: boolean }>
type WriteField = (writer: WireWriter, value: unknown) => void

/** An object that is no message of the contract. The text starts with the field, and never shows its value. */
export class NotEncodable extends Error {
  override name = 'NotEncodable'
  /** Path of the field, such as `page.url`. */
  readonly field: string
  constructor(field: string, what: string) {
    super(`${field} ${what}`)
    this.field = field
  }
}

const plans = new Map<DescMessage, Plan>()

/** Kept from one event to the next; absent while it is in use: a getter of the application may itself track something. */
let idle: WireWriter | undefined

/**
 * The wire bytes of a message given as a plain object with the contract's field names, in a third of the time that `create`
 * and `toBinary` take. Absent, undefined and null fields are left out.
 * @throws NotEncodable at an unknown field or a value of another kind
 */
export function encodePlain(message: DescMessage, plain: Plain): Uint8Array {
  const writer = idle ?? new WireWriter()
  idle = undefined
  try {
    writeMessage(writer, message, plain)
    return writer.take()
  } finally {
    writer.reset()
    idle = writer
  }
}

function writeMessage(writer: WireWriter, message: DescMessage, plain: Plain): void {
  const plan = planOf(message)
  let chosen: string | undefined
  for (const key of Object.keys(plain)) {
    const value = plain[key]
    if (value === undefined || value === null) continue
    const field = plan.get(key)
    if (!field) throw new NotEncodable(key, `is no field of ${message.name}`)
    if (field.oneof && chosen) throw new NotEncodable(key, `stands beside ${chosen}, and only one of them may be said`)
    if (field.oneof) chosen = key
    try {
      field.write(writer, value)
    } catch (error) {
      if (error instanceof NotEncodable && error.field !== key) throw inside(key, error)
      throw error instanceof NotEncodable ? error : new NotEncodable(key, 'cannot be encoded')
    }
  }
}

const inside = (key: string, { field, message }: NotEncodable): NotEncodable =>
  new NotEncodable(`${key}.${field}`, message.slice(field.length + 1))

function planOf(message: DescMessage): Plan {
  let plan = plans.get(message)
  if (!plan) {
    plan = new Map(
      message.fields.map((field) => [field.localName, { write: writerOf(field), oneof: field.oneof !== undefined }]),
    )
    plans.set(message, plan)
  }
  return plan
}

function writerOf(field: DescField): WriteField {
  const { localName: name } = field
  if (field.fieldKind === 'scalar') return scalarWriter(field)
  if (field.fieldKind === 'enum') {
    const tag = (field.number << 3) | WireType.Varint
    const numbers = new Map<unknown, number>(
      field.enum.values.flatMap((one) => [
        [one.name, one.number],
        [one.number, one.number],
      ]),
    )
    return (writer, value) => {
      const number = numbers.get(value)
      if (number === undefined) throw new NotEncodable(name, `is none of ${field.enum.name}`)
      writeInteger(writer, tag, number)
    }
  }
  if (field.fieldKind === 'message') return messageWriter(field, field.message)
  if (field.fieldKind === 'list' && field.listKind === 'message') {
    const write = messageWriter(field, field.message)
    return (writer, value) => {
      if (!Array.isArray(value)) throw new NotEncodable(name, 'is no list')
      for (const item of value) write(writer, item)
    }
  }
  throw new Error(`${field.toString()} is of a kind that no event had when this was written`)
}

function messageWriter(field: DescField, message: DescMessage): WriteField {
  const { localName: name } = field
  const tag = (field.number << 3) | WireType.LengthDelimited
  const write = innerWriter(name, message)
  return (writer, value) => {
    writer.integer(tag)
    const start = writer.open()
    write(writer, value)
    writer.close(start)
  }
}

function innerWriter(name: string, message: DescMessage): WriteField {
  if (message.typeName === TimestampSchema.typeName) return (writer, value) => writeTime(writer, name, value)
  const isStruct = message.typeName === StructSchema.typeName
  return (writer, value) => {
    if (!isPlain(value)) throw new NotEncodable(name, 'is no object')
    if (!isStruct) writeMessage(writer, message, value)
    else if (!writeStruct(writer, value)) throw new NotEncodable(name, 'is nested too deep, or contains itself')
  }
}

function scalarWriter(field: DescField & { fieldKind: 'scalar' }): WriteField {
  switch (field.scalar) {
    case ScalarType.STRING:
      return textWriter(field)
    case ScalarType.UINT32:
      return integerWriter(field, 0, 0xffff_ffff)
    case ScalarType.INT32:
      return integerWriter(field, -0x8000_0000, 0x7fff_ffff)
    case ScalarType.DOUBLE:
      return doubleWriter(field)
    default:
      throw new Error(`${field.toString()} is of a kind that no event had when this was written`)
  }
}

function textWriter({ localName, number }: DescField): WriteField {
  const tag = (number << 3) | WireType.LengthDelimited
  return (writer, value) => {
    if (typeof value !== 'string') throw new NotEncodable(localName, 'is no text')
    if (value === '') return
    writer.integer(tag)
    writer.text(value)
  }
}

function integerWriter({ localName, number }: DescField, least: number, most: number): WriteField {
  const tag = (number << 3) | WireType.Varint
  return (writer, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw new NotEncodable(localName, `is no whole number from ${least} to ${most}`)
    }
    writeInteger(writer, tag, value)
  }
}

function writeInteger(writer: WireWriter, tag: number, value: number): void {
  if (value === 0) return
  writer.integer(tag)
  writer.integer(value)
}

function doubleWriter({ localName, number }: DescField): WriteField {
  const tag = (number << 3) | WireType.Bit64
  return (writer, value) => {
    if (typeof value !== 'number') throw new NotEncodable(localName, 'is no number')
    // Minus zero is not the default, and is said, as the library says it.
    if (Object.is(value, 0)) return
    writer.integer(tag)
    writer.double(value)
  }
}

function writeTime(writer: WireWriter, name: string, value: unknown): void {
  const ms = typeof value === 'number' ? value : value instanceof Date ? value.getTime() : Date.parse(String(value))
  // The years a Timestamp can say; the gateway's own limits are narrower.
  if (!(ms >= -62_135_596_800_000 && ms < 253_402_300_800_000)) throw new NotEncodable(name, 'is no time')
  const seconds = Math.floor(ms / 1_000)
  writeInteger(writer, (1 << 3) | WireType.Varint, seconds)
  writeInteger(writer, (2 << 3) | WireType.Varint, Math.floor((ms - seconds * 1_000) * 1e6))
}

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)
