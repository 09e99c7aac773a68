import { uuid } from '../analytics/parameters.ts'
import { invalid, RequestError } from '../errors.ts'

/**
 * Whether a text has C0, DEL, C1 or half of a surrogate pair: none belongs into a name, NUL cannot be stored, and escapes
 * would reach an operator's terminal.
 */
export const hasControl = (text: string): boolean => /\p{Cc}/u.test(text) || !text.isWellFormed()

/** A line of text, without the blanks around it, counted in characters. @throws PARAMETER_INVALID */
export function checkLine(parameter: string, text: string, bounds: { min: number; max: number }): string {
  const line = text.trim()
  const { min, max } = bounds
  const characters = [...line].length
  if (characters < min || characters > max) {
    throw invalid(parameter, `must have ${min === 0 ? 'at most' : `${min} to`} ${max} characters, not ${characters}`)
  }
  if (hasControl(line)) throw invalid(parameter, 'must not contain control characters')
  return line
}

/** The id of a site of the wire as the database has it; 0 is none. @throws UNKNOWN_ID for one that no site can have */
export function checkSiteId(siteId: number): number {
  if (siteId === 0) throw invalid('site_id', 'is required')
  if (siteId > 0x7fff_ffff) throw new RequestError('UNKNOWN_ID')
  return siteId
}

/** The id of a key, in lower case. @throws PARAMETER_INVALID */
export function checkKeyId(keyId: string): string {
  const id = keyId.toLowerCase()
  if (!uuid.test(id)) throw invalid('key_id', 'must be the key_id of ListKeys, a UUID in its 36-character form')
  return id
}
