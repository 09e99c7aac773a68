const quote = 0x22
const backslash = 0x5c
const hexDigits = '0123456789abcdef'
/** The letter after the backslash of the control characters that have one: \b \t \n \f \r. */
const letters = new Uint8Array(32)
for (const [code, letter] of [
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [12, 'f'],
  [13, 'r'],
] as const) {
  letters[code] = letter.charCodeAt(0)
}

/** JSON written as bytes, exactly as JSON.stringify writes it. Used again for every event. */
export class JsonText {
  /** What was written, up to `size`. */
  bytes: Buffer = Buffer.allocUnsafe(4096)
  size = 0
  /** Some text had NUL, which Postgres cannot store: it was written as U+FFFD. */
  repaired = false

  clear(): void {
    this.size = 0
    this.repaired = false
  }

  /** A bracket, comma or colon. */
  mark(code: number): void {
    this.#reserve(1)
    this.bytes[this.size++] = code
  }

  /** ASCII that needs no escapes. */
  plain(ascii: string): void {
    this.#reserve(ascii.length)
    for (let index = 0; index < ascii.length; index++) this.bytes[this.size + index] = ascii.charCodeAt(index)
    this.size += ascii.length
  }

  /** A text in quotes; its bytes must be valid UTF-8. */
  text(source: Buffer, start: number, end: number): void {
    this.#reserve((end - start) * 6 + 2)
    const { bytes } = this
    let size = this.size
    bytes[size++] = quote
    for (let at = start; at < end; at++) {
      const byte = source[at]!
      if (byte >= 32 && byte !== quote && byte !== backslash) {
        bytes[size++] = byte
      } else {
        this.size = size
        this.#escape(byte)
        size = this.size
      }
    }
    bytes[size++] = quote
    this.size = size
  }

  #escape(byte: number): void {
    const { bytes } = this
    if (byte === 0) {
      this.repaired = true
      bytes[this.size++] = 0xef
      bytes[this.size++] = 0xbf
      bytes[this.size++] = 0xbd
      return
    }
    bytes[this.size++] = backslash
    if (byte >= 32) bytes[this.size++] = byte
    else if (letters[byte] !== 0) bytes[this.size++] = letters[byte]!
    else this.plain(`u00${byte >> 4}${hexDigits.charAt(byte & 15)}`)
  }

  #reserve(more: number): void {
    const needed = this.size + more
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.size)
    this.bytes = grown
  }
}
