/** A line of a file, without its line break. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** Its bytes; undefined when the line is longer than the limit. */
  readonly bytes: Buffer | undefined
}

const newline = 0x0a
const carriageReturn = 0x0d

/**
 * Splits bytes into lines in constant memory: a line longer than `maxBytes` is passed over, not gathered.
 * Empty lines are counted but not given.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  let number = 0
  let parts: Buffer[] = []
  let size = 0
  const take = (): Line | undefined => {
    number++
    let bytes = size > maxBytes ? undefined : Buffer.concat(parts, size)
    const empty = size === 0
    parts = []
    size = 0
    if (bytes?.at(-1) === carriageReturn) bytes = bytes.subarray(0, -1)
    return empty || bytes?.length === 0 ? undefined : { number, bytes }
  }
  const gather = (part: Buffer): void => {
    size += part.length
    if (size > maxBytes) parts = []
    else parts.push(part)
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      gather(chunk.subarray(from, end))
      from = end + 1
      const line = take()
      if (line) yield line
    }
    gather(chunk.subarray(from))
  }
  const last = size > 0 ? take() : undefined
  if (last) yield last
}
