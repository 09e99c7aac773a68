import type { EventCells } from './columns.ts'

/** Writes rows in one format, piece by piece, so that a file is never in memory as a whole. */
export interface Encoder {
  readonly contentType: string
  /** What a file begins with; of a file that goes on with another, nothing. */
  head(): Uint8Array
  /** Writes a row. */
  row(cells: EventCells): void
  /** The bytes that have become ready since the last call. */
  take(): Uint8Array
  /** What is left, and what a file ends with. */
  end(): Uint8Array
}

/** The bytes of nothing. */
export const nothing = new Uint8Array(0)

/** An encoder of text that has a line for each row. */
export function lines(contentType: string, head: string, lineOf: (cells: EventCells) => string): Encoder {
  let buffer = Buffer.allocUnsafeSlow(64 * 1024)
  let length = 0
  return {
    contentType,
    head: () => Buffer.from(head),
    row(cells) {
      const line = lineOf(cells)
      // No character of a string takes more than three bytes of UTF-8.
      const most = length + line.length * 3
      if (most > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(most * 2)
        buffer.copy(larger, 0, 0, length)
        buffer = larger
      }
      length += buffer.write(line, length)
    },
    take() {
      const taken = Buffer.from(buffer.subarray(0, length))
      length = 0
      return taken
    },
    end: () => nothing,
  }
}
