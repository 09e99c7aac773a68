/**
 * Reads protobuf's wire format in place and strictly: what it takes, every decoder takes in the same way. protobuf-es itself is
 * lenient (a nested message may run past its end, wire types are not checked), so bytes could look harmless to a reader that
 * skips what it does not need and still cost the decoder minutes. A read past the end of the bytes gives 0 and leaves the
 * cursor behind the end of its message, which `close` finds.
 */
export class WireCursor {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  readonly #fault: (why: string) => Error

  /** `fault` makes what is thrown for bytes that are not valid; `why` completes "…, because". */
  constructor(fault: (why: string) => Error) {
    this.#fault = fault
  }

  open(bytes: Buffer): void {
    this.bytes = bytes
    this.at = 0
  }

  /** The next tag: field number * 8 + wire type. */
  tag(): number {
    const first = this.bytes[this.at]!
    if (first >= 8 && first < 128) {
      this.at++
      return first
    }
    const start = this.at
    const tag = this.varint32()
    const length = this.at - start
    if (tag < 8 || length > 5 || (length === 5 && this.bytes[this.at - 1]! > 0x0f)) {
      throw this.#fault('a tag is not valid')
    }
    return tag
  }

  /** A varint cut to its low 32 bits, unsigned, as every decoder cuts an int32 or uint32. */
  varint32(): number {
    const { bytes } = this
    let byte = bytes[this.at++]!
    if (byte < 128) return byte
    let value = byte & 0x7f
    for (let shift = 7; shift < 70; shift += 7) {
      byte = bytes[this.at++]!
      if (shift < 28) value |= (byte & 0x7f) << shift
      else if (shift === 28) value |= (byte & 0x0f) << 28
      if ((byte & 0x80) === 0) return value >>> 0
    }
    throw this.#fault('a varint is longer than ten bytes')
  }

  /** An int64, exact up to 2^53. Beyond, it is as large as that and of the right sign; a negative one may come out as 0. */
  long(): number {
    let value = 0
    let weight = 1
    for (let length = 0; length < 9; length++, weight *= 128) {
      const byte = this.bytes[this.at++]!
      value += (byte & 0x7f) * weight
      if ((byte & 0x80) === 0) return value
    }
    const last = this.bytes[this.at++]!
    if ((last & 0x80) !== 0) throw this.#fault('a varint is longer than ten bytes')
    return (last & 1) === 0 ? value : value - 2 ** 63
  }

  bool(): number {
    const byte = this.bytes[this.at++]!
    if (byte > 1) throw this.#fault('a bool is neither 0 nor 1')
    return byte
  }

  double(): number {
    const { at } = this
    this.at += 8
    if (this.at > this.bytes.length) throw this.#fault('it ends too early')
    return this.bytes.readDoubleLE(at)
  }

  /** Reads a length and returns where the value ends, which is inside its message that ends at `end`. */
  until(end: number): number {
    const length = this.varint32()
    const until = this.at + length
    if (until > end) throw this.#fault('a length runs past its message')
    return until
  }

  /** Skips a field that this version of the contract does not know. Groups are no part of it. */
  skip(wireType: number, end: number): void {
    if (wireType === 0) this.varint32()
    else if (wireType === 1) this.at += 8
    else if (wireType === 2) this.at = this.until(end)
    else if (wireType === 5) this.at += 4
    else throw this.#fault('groups are not part of the contract')
  }

  /** Every message must end exactly where its length said. */
  close(end: number): void {
    if (this.at !== end) throw this.#fault('a field runs past its message')
  }
}
