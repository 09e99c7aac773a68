import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence, StructSchema, TimestampSchema } from '@bufbuild/protobuf/wkt'

/** How a field of JSON is written. `other`: by the library only. */
export type JsonKind =
  | 'string'
  | 'uint32'
  | 'int32'
  | 'double'
  | 'enum'
  | 'message'
  | 'messages'
  | 'time'
  | 'struct'
  | 'other'

/** A field of a message, as its JSON is read and its bytes are written. */
export interface JsonField {
  readonly kind: JsonKind
  /** Field number * 8 + wire type. */
  readonly tag: number
  /** Place among the message's fields in the order of their numbers, and the bit of that place. */
  readonly index: number
  readonly bit: number
  /** Kinds `message` and `messages`. */
  readonly message: JsonMessage | undefined
  /** Kind `enum`: the numbers of its names. */
  readonly numbers: ReadonlyMap<string, number> | undefined
}

/** A message of the contract, as its JSON is read and its bytes are written. */
export interface JsonMessage {
  /** By their names in the proto and in JSON. */
  readonly byKey: ReadonlyMap<string, JsonField>
  /** In the order of their numbers, in which encoders write them. */
  readonly fields: readonly JsonField[]
  /** The bits of the members of each oneof. */
  readonly oneofs: readonly number[]
  /** The values of the message being read, by the fields' places. A message never contains one of its own type. */
  readonly values: unknown[]
}

/** Of 32-bit numbers, which name the fields seen, the sign is left out. */
const mostFields = 31

/**
 * Prepares a message of the contract. What the encoder does not know (other types, explicit presence, recursion) becomes
 * kind `other`, so that a later contract is slower at worst, never wrong.
 */
export function jsonMessage(desc: DescMessage, around: readonly DescMessage[] = []): JsonMessage {
  const sorted = [...desc.fields].sort((one, other) => one.number - other.number)
  const fields = sorted.map((field, index) => jsonField(field, index, [...around, desc]))
  const byKey = new Map<string, JsonField>()
  const bits = new Map<string, number>()
  for (const [index, { name, jsonName, oneof }] of sorted.entries()) {
    const field = fields[index]!
    byKey.set(name, field).set(jsonName, field)
    if (oneof) bits.set(oneof.name, (bits.get(oneof.name) ?? 0) | field.bit)
  }
  return { byKey, fields, oneofs: [...bits.values()], values: new Array(fields.length).fill(undefined) }
}

function jsonField(field: DescField, index: number, around: readonly DescMessage[]): JsonField {
  const kind = index < mostFields ? kindOf(field, around) : 'other'
  const message = kind === 'message' || kind === 'messages' ? jsonMessage(field.message!, around) : undefined
  const names =
    kind === 'enum' ? field.enum!.values.flatMap((one) => [[one.jsonName, one] as const, [one.name, one] as const]) : []
  return {
    kind,
    tag: field.number * 8 + wireTypes[kind],
    index,
    bit: kind === 'other' ? 0 : 1 << index,
    message,
    numbers: kind === 'enum' ? new Map(names.map(([name, { number }]) => [name, number])) : undefined,
  }
}

const wireTypes: Readonly<Record<JsonKind, number>> = {
  string: 2,
  uint32: 0,
  int32: 0,
  double: 1,
  enum: 0,
  message: 2,
  messages: 2,
  time: 2,
  struct: 2,
  other: 0,
}

function kindOf(field: DescField, around: readonly DescMessage[]): JsonKind {
  if (field.fieldKind === 'scalar' || field.fieldKind === 'enum') {
    // With explicit presence, as in a oneof, a zero is written too.
    if (field.presence !== FeatureSet_FieldPresence.IMPLICIT) return 'other'
    if (field.fieldKind === 'enum') return field.enum.open && !isWellKnown(field.enum) ? 'enum' : 'other'
    return scalarKinds.get(field.scalar) ?? 'other'
  }
  const { message } = field
  if (!message || field.fieldKind === 'map' || field.delimitedEncoding || around.includes(message)) return 'other'
  if (field.fieldKind === 'list') return isWellKnown(message) ? 'other' : 'messages'
  if (message.typeName === TimestampSchema.typeName) return 'time'
  if (message.typeName === StructSchema.typeName) return 'struct'
  return isWellKnown(message) ? 'other' : 'message'
}

const scalarKinds: ReadonlyMap<ScalarType, JsonKind> = new Map([
  [ScalarType.STRING, 'string'],
  [ScalarType.UINT32, 'uint32'],
  [ScalarType.INT32, 'int32'],
  [ScalarType.DOUBLE, 'double'],
])

/** Well-known types have forms of JSON of their own. */
const isWellKnown = ({ typeName }: { readonly typeName: string }): boolean => typeName.startsWith('google.protobuf.')
