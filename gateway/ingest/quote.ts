/** Most characters of a stranger's text that a message repeats. */
const mostQuoted = 80

/**
 * A stranger's text made fit for a message, a log line and a text column: no control characters, no broken surrogates, short.
 */
export function quote(text: string): string {
  const short = text.length > mostQuoted ? `${text.slice(0, mostQuoted)}…` : text
  let safe = ''
  for (const character of short.toWellFormed()) {
    const code = character.codePointAt(0)!
    safe += code < 0x20 || (code >= 0x7f && code < 0xa0) ? '\ufffd' : character
  }
  return safe
}
