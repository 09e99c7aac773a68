import type { EventCells } from './columns.ts'

/** Writes rows in one format, piece by piece, so that a file is never in memory as a whole. */
export interface Encoder {
  readonly contentType: string
  /** What a file begins with; of a file that goes on with another, nothing. */
  head(): Uint8Array
  /** The bytes that these rows make ready; what is not ready yet comes with a later call. */
  rows(rows: readonly EventCells[]): Uint8Array
  /** What is left, and what a file ends with. */
  end(): Uint8Array
}

/** The bytes of nothing. */
export const nothing = new Uint8Array(0)
