import { isUtf8 } from 'node:buffer'
import { Malformed } from './malformed.ts'

/** Below this many bytes a loop is faster than two calls into native code. */
const longBytes = 64

/**
 * Whether the text has a NUL, which Postgres cannot store and the worker writes as U+FFFD.
 * @throws Malformed if the bytes are not UTF-8: decoders refuse them, so the event could not be read from the log.
 */
export function hasNul(buffer: Buffer, start: number, end: number): boolean {
  if (end - start > longBytes) return longHasNul(buffer.subarray(start, end))
  let nul = false
  let ascii = true
  for (let at = start; at < end; at++) {
    const byte = buffer[at]!
    if (byte === 0) nul = true
    else if (byte > 0x7f) ascii = false
  }
  if (!ascii) requireUtf8(buffer.subarray(start, end))
  return nul
}

function longHasNul(text: Buffer): boolean {
  requireUtf8(text)
  return text.includes(0)
}

function requireUtf8(text: Buffer): void {
  if (!isUtf8(text)) throw new Malformed('a text is not valid UTF-8')
}
