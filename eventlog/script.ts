import { isUtf8 } from 'node:buffer'
import { unusual } from './unusual.ts'

/** What a text consists of: characters of ASCII without NUL, UTF-8 without NUL, UTF-8 with NUL. */
export const Script = { ascii: 0, utf8: 1, nul: 2 } as const

/** One of `Script`, of a text that is not all ASCII. @throws unusual if it is no UTF-8 */
export function scriptOf(text: Uint8Array): number {
  if (!isUtf8(text)) throw unusual
  return text.includes(0) ? Script.nul : Script.utf8
}
