/** Bytes that a turn of the loop takes; each has a table of its own. */
const stride = 16

/**
 * The tables one behind the other, that of the last byte of a stride first. One typed array and words of four bytes are
 * three times as fast as an array for each table and single bytes: 1.2 instead of 0.4 GB a second.
 */
const tables = createTables()

/**
 * CRC-32C (Castagnoli) of the bytes from `begin` on, as an unsigned number: what a Kafka record batch carries.
 * Node's `zlib.crc32` is the other polynomial.
 */
export function crc32c(data: Uint8Array, begin = 0): number {
  const words = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const end = data.length
  let crc = -1
  let at = begin
  for (; at + stride <= end; at += stride) {
    crc =
      fourBytes(3_072, crc ^ words.getInt32(at, true)) ^
      fourBytes(2_048, words.getInt32(at + 4, true)) ^
      fourBytes(1_024, words.getInt32(at + 8, true)) ^
      fourBytes(0, words.getInt32(at + 12, true))
  }
  for (; at < end; at++) crc = tables[(crc ^ data[at]!) & 255]! ^ (crc >>> 8)
  return (crc ^ -1) >>> 0
}

/** What the four bytes of a little-endian word add, by the four tables from this place on. */
const fourBytes = (from: number, word: number): number =>
  tables[from + 768 + (word & 255)]! ^
  tables[from + 512 + ((word >>> 8) & 255)]! ^
  tables[from + 256 + ((word >>> 16) & 255)]! ^
  tables[from + (word >>> 24)]!

function createTables(): Int32Array {
  const polynomial = 0x82f63b78
  const made = new Int32Array(stride * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    made[byte] = crc
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256]!
    made[at] = (before >>> 8) ^ made[before & 255]!
  }
  return made
}
