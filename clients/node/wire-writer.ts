const firstBytes = 4_096
/** A larger buffer is not kept for the next event. */
const mostKeptBytes = 65_536

/**
 * Writes protobuf into one buffer. Lengths of nested messages are put in afterwards: one byte is left for them, and the rare
 * longer message is moved.
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(firstBytes)
  #at = 0

  /** A tag, a length, an enum or an int32; negative ones take ten bytes, as protobuf has it. */
  integer(value: number): void {
    this.#grow(10)
    let rest = value
    // Beyond 32 bits, shifts would lose the upper ones.
    if (rest < 0) {
      let wide = BigInt.asUintN(64, BigInt(rest))
      for (; wide > 127n; wide >>= 7n) this.#buffer[this.#at++] = Number(wide & 127n) | 128
      this.#buffer[this.#at++] = Number(wide)
      return
    }
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#buffer[this.#at++] = (rest % 128) | 128
    this.#buffer[this.#at++] = rest
  }

  double(value: number): void {
    this.#grow(8)
    this.#at = this.#buffer.writeDoubleLE(value, this.#at)
  }

  /** Text with its length. Lone surrogates become U+FFFD. */
  text(value: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8.
    if (value.length <= 42) {
      this.#grow(127)
      const length = this.#buffer.write(value, this.#at + 1, 'utf8')
      this.#buffer[this.#at] = length
      this.#at += 1 + length
      return
    }
    const length = Buffer.byteLength(value)
    this.integer(length)
    this.#grow(length)
    this.#at += this.#buffer.write(value, this.#at, 'utf8')
  }

  /** Begins a nested message; `close` takes what this returns. */
  open(): number {
    this.#grow(1)
    this.#at += 1
    return this.#at
  }

  close(start: number): void {
    const length = this.#at - start
    if (length < 128) {
      this.#buffer[start - 1] = length
      return
    }
    const bytes = length < 16_384 ? 2 : length < 2_097_152 ? 3 : 5
    this.#grow(bytes - 1)
    this.#buffer.copyWithin(start + bytes - 1, start, this.#at)
    const end = this.#at + bytes - 1
    this.#at = start - 1
    // Padded to five bytes where it is very long, which every reader takes.
    let rest = length
    for (let byte = 1; byte < bytes; byte++, rest = Math.floor(rest / 128))
      this.#buffer[this.#at++] = (rest % 128) | 128
    this.#buffer[this.#at] = rest
    this.#at = end
  }

  /** A copy of what was written; the writer is empty again. */
  take(): Uint8Array {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#at))
    this.reset()
    return taken
  }

  reset(): void {
    this.#at = 0
    if (this.#buffer.length > mostKeptBytes) this.#buffer = Buffer.allocUnsafe(firstBytes)
  }

  #grow(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#at + bytes))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}
