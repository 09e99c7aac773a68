/** Messages are written behind one another into chunks of this size, and handed out as slices of them. */
const chunkBytes = 64 * 1024

/** Up to this many characters a loop is faster than a call into native code. */
const shortCharacters = 40

/** Most bytes of a UTF-8 character that is one UTF-16 unit, and of a length in front of a text. */
const characterBytes = 3
const lengthBytes = 5

/**
 * Writes protobuf's wire format. Messages lie in one chunk of memory as long as there is room, so that a batch of small
 * ones costs a few allocations; a finished one is never moved or written again. Between `begin` and `take` or the next
 * `begin` nothing may await.
 */
export class WireWriter {
  readonly #mostBytes: number
  #chunk = Buffer.alloc(0)
  #start = 0
  #pos = 0

  /** `mostBytes` bounds what is worth writing; the writer that meets `full` gives up. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Begins a message, in place of one that was not taken. */
  begin(): void {
    this.#pos = this.#start
  }

  /** The message written since `begin`; undefined if it is larger than the most. Valid as long as somebody holds it. */
  take(): Buffer | undefined {
    if (this.full) return undefined
    const message = this.#chunk.subarray(this.#start, this.#pos)
    this.#start = this.#pos
    return message
  }

  /** The message is larger than the most already. */
  get full(): boolean {
    return this.#pos - this.#start > this.#mostBytes
  }

  /** Writes an unsigned number below 2^53, such as a tag: field number * 8 + wire type. */
  varint(value: number): void {
    this.#reserve(10)
    this.#varint(value)
  }

  /** Writes a signed number of 32 bits; negative ones take ten bytes. */
  int32(value: number): void {
    this.#reserve(10)
    if (value >= 0) {
      this.#varint(value)
      return
    }
    for (let shift = 0; shift < 28; shift += 7) this.#chunk[this.#pos++] = ((value >> shift) & 0x7f) | 0x80
    // The sign goes on to bit 63.
    this.#chunk[this.#pos++] = ((value >> 28) & 0x7f) | 0x80
    for (let more = 0; more < 4; more++) this.#chunk[this.#pos++] = 0xff
    this.#chunk[this.#pos++] = 1
  }

  double(value: number): void {
    this.#reserve(8)
    this.#pos = this.#chunk.writeDoubleLE(value, this.#pos)
  }

  /** Writes a text and its length before it. False: it has lone surrogates, or the message gets too large. */
  text(value: string): boolean {
    const { length } = value
    if (this.#pos - this.#start + length > this.#mostBytes) return false
    this.#reserve(length * characterBytes + lengthBytes)
    return (length <= shortCharacters && this.#shortAscii(value)) || this.#anyText(value)
  }

  /** Leaves room for the length of a message within the message; returns where it begins, for `close`. */
  open(): number {
    this.#reserve(1)
    return ++this.#pos - this.#start
  }

  /** Writes the length of the inner message that `open` began. */
  close(opened: number): void {
    const from = this.#start + opened
    const length = this.#pos - from
    if (length < 0x80) {
      this.#chunk[from - 1] = length
      return
    }
    this.#reserve(lengthBytes)
    const at = this.#start + opened
    const more = varintBytes(length) - 1
    this.#chunk.copyWithin(at + more, at, at + length)
    this.#pos = at - 1
    this.#varint(length)
    this.#pos += length
  }

  #shortAscii(value: string): boolean {
    const chunk = this.#chunk
    const at = this.#pos + 1
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) return false
      chunk[at + index] = code
    }
    chunk[this.#pos] = value.length
    this.#pos = at + value.length
    return true
  }

  #anyText(value: string): boolean {
    // Nearly all text is ASCII: its length in bytes is guessed, and the text moved in the rare case that was wrong.
    const textAt = this.#pos + varintBytes(value.length)
    const written = this.#chunk.write(value, textAt)
    if (written !== value.length && !value.isWellFormed()) return false
    const neededAt = this.#pos + varintBytes(written)
    // First the text, then its length: a longer length would overwrite the beginning of the text.
    if (neededAt !== textAt) this.#chunk.copyWithin(neededAt, textAt, textAt + written)
    this.#varint(written)
    this.#pos += written
    return true
  }

  #varint(value: number): void {
    const chunk = this.#chunk
    let rest = value
    // Above 31 bits the bit operators of the language would cut the number.
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) chunk[this.#pos++] = (rest % 128) | 0x80
    for (; rest > 0x7f; rest >>>= 7) chunk[this.#pos++] = (rest & 0x7f) | 0x80
    chunk[this.#pos++] = rest
  }

  /** Makes room for that many more bytes: the message moves to a new chunk, those before it stay where they are. */
  #reserve(bytes: number): void {
    if (this.#pos + bytes <= this.#chunk.length) return
    const written = this.#pos - this.#start
    const larger = Buffer.allocUnsafeSlow(Math.max(chunkBytes, 2 * (written + bytes)))
    this.#chunk.copy(larger, 0, this.#start, this.#pos)
    this.#chunk = larger
    this.#start = 0
    this.#pos = written
  }
}

/** Bytes that a varint below 2^31 takes. */
const varintBytes = (value: number): number => {
  let size = 1
  for (let rest = value; rest > 0x7f; rest >>>= 7) size++
  return size
}
