import { WireCursor } from '../../../eventlog/wire-cursor.ts'
import { Malformed } from '../validate/malformed.ts'

/** What becomes of a text, bytes or message field, wherever it stands. Fields of other wire types have no edits. */
export type FieldEdit =
  /** It is left out. */
  | { readonly kind: 'drop' }
  /** Its value is replaced; `undefined`: it stays. `bytes` from `start` to `end` are the value and are not to be changed. */
  | { readonly kind: 'value'; readonly replace: (bytes: Buffer, start: number, end: number) => Buffer | undefined }
  /** Its own fields are edited. It is left out whole where `leaveOut` says so. */
  | {
      readonly kind: 'message'
      readonly edits: MessageEdits
      readonly leaveOut?: (bytes: Buffer, start: number, end: number) => boolean
    }

/** The edits of a message's fields, by field number. May refer to itself, as messages do. */
export type MessageEdits = readonly (FieldEdit | undefined)[]

/** Far more than an accepted event has: 32 levels of properties are three messages each. */
const mostDepth = 200

const dropped = Symbol('dropped')

const wire = new WireCursor((why) => new Malformed(why))

/**
 * The message with these edits, on the level of the wire: nothing is decoded, and what has no edit, such as a field of a
 * later contract, stays byte for byte; lengths around a change are written anew. The very same Buffer where nothing changes.
 * @throws Malformed for bytes that are no message, as far as they had to be read.
 */
export function rewrite(bytes: Buffer, edits: MessageEdits): Buffer {
  wire.open(bytes)
  return rewriteMessage(edits, bytes.length, 0) ?? bytes
}

/** The message that begins where the wire stands and ends at `end`; undefined: it stays as it is. */
function rewriteMessage(edits: MessageEdits, end: number, depth: number): Buffer | undefined {
  if (depth > mostDepth) throw new Malformed('it is nested too deep')
  const { bytes } = wire
  let pieces: Buffer[] | undefined
  let keptFrom = wire.at
  while (wire.at < end) {
    const fieldAt = wire.at
    const tag = wire.tag()
    const edit = edits[tag >>> 3]
    if (edit === undefined || (tag & 7) !== 2) {
      wire.skip(tag & 7, end)
      continue
    }
    const tagEnd = wire.at
    const valueEnd = wire.until(end)
    const value = newValue(edit, valueEnd, depth)
    wire.at = valueEnd
    if (value === undefined) continue
    pieces ??= []
    pieces.push(bytes.subarray(keptFrom, fieldAt))
    if (value !== dropped) pieces.push(bytes.subarray(fieldAt, tagEnd), varint(value.length), value)
    keptFrom = valueEnd
  }
  wire.close(end)
  if (pieces === undefined) return undefined
  pieces.push(bytes.subarray(keptFrom, end))
  return Buffer.concat(pieces)
}

/** What takes the place of the value that begins where the wire stands; undefined: it stays. */
function newValue(edit: FieldEdit, end: number, depth: number): Buffer | typeof dropped | undefined {
  switch (edit.kind) {
    case 'drop':
      return dropped
    case 'value':
      return edit.replace(wire.bytes, wire.at, end)
    case 'message':
      if (edit.leaveOut?.(wire.bytes, wire.at, end)) return dropped
      return rewriteMessage(edit.edits, end, depth + 1)
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}
