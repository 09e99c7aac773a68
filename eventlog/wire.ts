/**
 * Protobuf's wire format, written straight into one reused buffer. The gateway writes an envelope for every event; the
 * general encoder takes about six microseconds for that, and this one under one.
 */

let buffer: Buffer = Buffer.allocUnsafe(64 * 1024)
let position = 0

/** Begins a message; returns nothing: the message under construction is the module's state, and never spans an await. */
export function beginMessage(): void {
  position = 0
}

/** How many bytes have been written since `beginMessage`. */
export const writtenBytes = (): number => position

/** Copies what was written since `beginMessage` to the start of `target`. */
export const copyMessage = (target: Buffer): void => void buffer.copy(target, 0, 0, position)

/** Writes an unsigned or signed 32-bit integer, a bool or an enum, unless it is the default. Negative ones take ten bytes. */
export function writeInteger(field: number, value: number | boolean | undefined): void {
  if (value) writePresentInteger(field, Number(value))
}

/** Writes an integer even if it is 0: for fields that tell 0 from absent. */
export function writePresentInteger(field: number, value: number): void {
  reserve(20)
  varint(field << 3)
  if (value >= 0) varint(value)
  else bigVarint(BigInt(value))
}

/** Writes a 64-bit integer, unless it is 0. */
export function writeLong(field: number, value: bigint): void {
  if (value === 0n) return
  reserve(20)
  varint(field << 3)
  const number = Number(value)
  // Microseconds since 1970 are safe integers for 200 years to come; arithmetic on bigint is ten times as slow.
  if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) varint(number)
  else bigVarint(value)
}

/** Writes bytes, unless there are none. */
export function writeBytes(field: number, value: Uint8Array | undefined): void {
  if (!value || value.length === 0) return
  reserve(value.length + 10)
  varint((field << 3) | 2)
  varint(value.length)
  buffer.set(value, position)
  position += value.length
}

/** Writes text in UTF-8, unless it is empty. Lone surrogates become U+FFFD. */
export function writeText(field: number, value: string | undefined): void {
  if (!value) return
  reserve(value.length * 3 + 10)
  varint((field << 3) | 2)
  // Nearly all text is ASCII: its length in bytes is guessed, and the text moved in the rare case that was wrong.
  const textAt = position + varintBytes(value.length)
  const written = buffer.write(value, textAt)
  const neededAt = position + varintBytes(written)
  // First the text, then its length: a longer length would overwrite the beginning of the text.
  if (neededAt !== textAt) buffer.copyWithin(neededAt, textAt, textAt + written)
  varint(written)
  position += written
}

/** Bytes that a varint of this value takes. */
export function varintBytes(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes a varint of up to 53 bits to `target` at `at`; returns the place after it. */
export function putVarint(target: Buffer, value: number, at: number): number {
  let rest = value
  let place = at
  // Above 31 bits the bit operators of the language would cut the number.
  while (rest > 0x7fffffff) {
    target[place++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  while (rest > 127) {
    target[place++] = (rest & 127) | 128
    rest >>>= 7
  }
  target[place++] = rest
  return place
}

function varint(value: number): void {
  position = putVarint(buffer, value, position)
}

function bigVarint(value: bigint): void {
  let rest = BigInt.asUintN(64, value)
  while (rest > 127n) {
    buffer[position++] = Number(rest & 127n) | 128
    rest >>= 7n
  }
  buffer[position++] = Number(rest)
}

/** Makes room for that many more bytes. */
function reserve(bytes: number): void {
  if (position + bytes <= buffer.length) return
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, position + bytes))
  buffer.copy(larger, 0, 0, position)
  buffer = larger
}
