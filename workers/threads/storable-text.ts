/** Whether Postgres takes the text as it is: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** The text with U+FFFD in place of what Postgres refuses. */
export function repairText(text: string): string {
  return isStorable(text) ? text : text.toWellFormed().replaceAll('\0', '\ufffd')
}

/** Whether the text is longer than `bytesMax` bytes of UTF-8, as it was sent. */
export function isLonger(text: string, bytesMax: number): boolean {
  if (text.length * 3 <= bytesMax) return false
  return text.length > bytesMax || Buffer.byteLength(text) > bytesMax
}
