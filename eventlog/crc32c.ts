/** Eight tables of 256, so that a turn of the loop takes eight bytes: three times as fast as one table. */
const tables: readonly Int32Array[] = createTables()

/**
 * CRC-32C (Castagnoli) of the bytes from `begin` on, as an unsigned number: what a Kafka record batch carries.
 * Node's `zlib.crc32` is the other polynomial.
 */
export function crc32c(data: Uint8Array, begin = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  const end = data.length
  let crc = -1
  let at = begin
  for (; at + 8 <= end; at += 8) {
    crc ^= data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    crc =
      t7[crc & 255]! ^
      t6[(crc >>> 8) & 255]! ^
      t5[(crc >>> 16) & 255]! ^
      t4[crc >>> 24]! ^
      t3[data[at + 4]!]! ^
      t2[data[at + 5]!]! ^
      t1[data[at + 6]!]! ^
      t0[data[at + 7]!]!
  }
  for (; at < end; at++) crc = t0[(crc ^ data[at]!) & 255]! ^ (crc >>> 8)
  return (crc ^ -1) >>> 0
}

function createTables(): Int32Array[] {
  const polynomial = 0x82f63b78
  const made = Array.from({ length: 8 }, () => new Int32Array(256))
  const [first] = made
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    first![byte] = crc
  }
  for (let table = 1; table < 8; table++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = made[table - 1]![byte]!
      made[table]![byte] = (before >>> 8) ^ first![before & 255]!
    }
  }
  return made
}
