import type { EventCells } from './columns.ts'

/** Writes rows in one format, piece by piece, so that a file is never in memory as a whole. */
export interface Encoder {
  /** Writes a row. */
  row(cells: EventCells): void
  /** The bytes that have become ready since the last call, in memory of their own. */
  take(): Uint8Array
  /** What is left, and what a file ends with. */
  end(): Uint8Array
}

/** An encoder of text that has a line for each row, after `head`. */
export function lines(head: string, lineOf: (cells: EventCells) => string): Encoder {
  let buffer = Buffer.allocUnsafeSlow(64 * 1024)
  let length = buffer.write(head)
  const take = (): Uint8Array => {
    const taken = new Uint8Array(buffer.subarray(0, length))
    length = 0
    return taken
  }
  return {
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
    take,
    end: take,
  }
}
