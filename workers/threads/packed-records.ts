import type { LogRecord } from '../../eventlog/eventlog.ts'

/**
 * Records in one buffer that can be moved to a thread: their offsets (8 bytes each), where their values end (4 bytes each,
 * counted from the first value), the values. Posting the records themselves would copy the whole fetch buffer behind each.
 */
export interface PackedRecords {
  readonly count: number
  readonly buffer: ArrayBuffer
}

/** A record in the thread. */
export interface UnpackedRecord {
  readonly offset: number
  /** A view into the packed buffer. */
  readonly value: Buffer
}

/** Packs the values; keys have done their work once the partition is known. */
export function packRecords(records: readonly LogRecord[]): PackedRecords {
  const count = records.length
  let valuesBytes = 0
  for (const { value } of records) valuesBytes += value.byteLength
  const buffer = new ArrayBuffer(count * 12 + valuesBytes)
  const offsets = new Float64Array(buffer, 0, count)
  const ends = new Uint32Array(buffer, count * 8, count)
  const values = new Uint8Array(buffer, count * 12)
  let end = 0
  for (const [index, { offset, value }] of records.entries()) {
    offsets[index] = offset
    values.set(value, end)
    end += value.byteLength
    ends[index] = end
  }
  return { count, buffer }
}

/** The records of a packed buffer, in order, without copying them. */
export function* unpackRecords({ count, buffer }: PackedRecords): Generator<UnpackedRecord> {
  const offsets = new Float64Array(buffer, 0, count)
  const ends = new Uint32Array(buffer, count * 8, count)
  const valuesStart = count * 12
  let start = 0
  for (let index = 0; index < count; index++) {
    const end = ends[index]!
    yield { offset: offsets[index]!, value: Buffer.from(buffer, valuesStart + start, end - start) }
    start = end
  }
}
