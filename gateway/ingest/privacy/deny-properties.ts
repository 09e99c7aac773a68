import { WireCursor } from '../../../eventlog/wire-cursor.ts'
import { Malformed } from '../validate/malformed.ts'
import type { FieldEdit, MessageEdits } from './rewrite.ts'

/** Tag of a property's name: field 1, wire type 2. */
const keyTag = 10

const wire = new WireCursor((why) => new Malformed(why))

/** Takes these names out of a google.protobuf.Struct, at any depth, in lists too. */
export function denyProperties(denied: ReadonlySet<string>): FieldEdit {
  const isDenied = (bytes: Buffer, start: number, end: number): boolean => denied.has(keyOf(bytes, start, end))
  // Struct, its entries, Value and ListValue contain one another.
  const struct: (FieldEdit | undefined)[] = []
  const entry: (FieldEdit | undefined)[] = []
  const value: (FieldEdit | undefined)[] = []
  const list: (FieldEdit | undefined)[] = []
  const into = (edits: MessageEdits): FieldEdit => ({ kind: 'message', edits })
  struct[1] = { kind: 'message', edits: entry, leaveOut: isDenied }
  entry[2] = into(value)
  value[5] = into(struct)
  value[6] = into(list)
  list[1] = into(value)
  return into(struct)
}

/** The name of an entry, as decoders read it: the last one, and none is the empty one. */
function keyOf(bytes: Buffer, start: number, end: number): string {
  let key = ''
  wire.open(bytes)
  wire.at = start
  while (wire.at < end) {
    const tag = wire.tag()
    if (tag === keyTag) {
      const keyEnd = wire.until(end)
      key = bytes.toString('utf8', wire.at, keyEnd)
      wire.at = keyEnd
    } else wire.skip(tag & 7, end)
  }
  return key
}
