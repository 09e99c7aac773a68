import type { Digest } from '../threads/digest.ts'

/** Rows in binary COPY form as a thread returns them. */
export type DigestRows = Pick<Digest, 'rows' | 'rowStarts' | 'rowOffsets'>

/** What a staged row says about itself, read back from its binary COPY form. */
export interface RowIdentity {
  readonly companyId: number
  readonly siteId: number
  readonly eventId: string
  readonly receivedAtUs: number
}

/** Microseconds between 1970 and 2000, Postgres' epoch. */
const epochUs = 946_684_800_000_000

/**
 * Reads who a row belongs to. The first six columns of `stage_events` are never null and of fixed width, so they stand at fixed
 * places: count (2), then each value after its length (4).
 */
export function readRowIdentity(row: Uint8Array): RowIdentity {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength)
  const hex = Buffer.from(row.subarray(26, 42)).toString('hex')
  return {
    companyId: view.getInt32(6),
    eventId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    siteId: view.getInt32(46),
    receivedAtUs: Number(view.getBigInt64(66)) + epochUs,
  }
}
