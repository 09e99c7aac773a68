/** Bytes that are no protobuf message, or one that two readers could understand differently. */
export class Malformed extends Error {
  override name = 'Malformed'
}

const empty = Buffer.alloc(0)

/**
 * Reads the protobuf wire format in place, and strictly: what it takes, every decoder reads the same way. protobuf-es itself
 * is lenient (a nested message may run past its end, wire types are not checked), so bytes could look harmless to a
 * check that skips what it does not need and still cost the decoder minutes.
 */
export class Wire {
  buffer: Buffer = empty
  pos = 0

  open(buffer: Buffer): void {
    this.buffer = buffer
    this.pos = 0
  }

  /** The next tag: field number * 8 + wire type. */
  tag(): number {
    const start = this.pos
    const tag = this.varint32()
    if (tag < 8 || this.pos - start > 5) throw new Malformed('a tag is not valid')
    return tag
  }

  /** A varint cut to its low 32 bits, as every decoder cuts an int32 or uint32. */
  varint32(): number {
    const { buffer } = this
    if (this.pos >= buffer.length) throw new Malformed('it ends too early')
    let byte = buffer[this.pos++]!
    if ((byte & 0x80) === 0) return byte
    // Past the end of the buffer bytes read as 0, and the caller finds the position past the end of its message.
    let value = byte & 0x7f
    for (let shift = 7; shift < 70; shift += 7) {
      byte = buffer[this.pos++]!
      if (shift < 28) value |= (byte & 0x7f) << shift
      else if (shift === 28) value |= (byte & 0x0f) << 28
      if ((byte & 0x80) === 0) return value >>> 0
    }
    throw new Malformed('a varint is longer than ten bytes')
  }

  /** An int64 as a number; exact below 2^53, and beyond that still far out of every range. */
  varint64(): number {
    let value = 0
    let weight = 1
    for (let length = 0; length < 9; length++, weight *= 128) {
      const byte = this.buffer[this.pos++]!
      value += (byte & 0x7f) * weight
      if ((byte & 0x80) === 0) return value
    }
    const last = this.buffer[this.pos++]!
    if ((last & 0x80) !== 0) throw new Malformed('a varint is longer than ten bytes')
    return (last & 1) === 0 ? value : value - 2 ** 63
  }

  double(): number {
    const at = this.pos
    this.pos += 8
    if (this.pos > this.buffer.length) throw new Malformed('it ends too early')
    return this.buffer.readDoubleLE(at)
  }

  /** Reads a length and returns where the value ends; it stays inside its message, which ends at `end`. */
  until(end: number): number {
    const length = this.varint32()
    const until = this.pos + length
    if (until > end) throw new Malformed('a length runs past its message')
    return until
  }

  /** Skips a field unknown to this version of the contract. Groups are no part of it. */
  skip(wireType: number, end: number): void {
    if (wireType === 0) this.varint32()
    else if (wireType === 1) this.pos += 8
    else if (wireType === 2) this.pos = this.until(end)
    else if (wireType === 5) this.pos += 4
    else throw new Malformed('groups are not part of the contract')
  }

  /** Every message must end exactly where its length said. */
  close(end: number): void {
    if (this.pos !== end) throw new Malformed('a field runs past its message')
  }
}
