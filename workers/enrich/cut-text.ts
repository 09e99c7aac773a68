/** The longest beginning of a text that fits into `bytesMax` bytes of UTF-8, never half a character. */
export function cutText(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text
  const bytes = new Uint8Array(bytesMax)
  const { read } = encoder.encodeInto(text, bytes)
  return read === text.length ? text : text.slice(0, read)
}

const encoder = new TextEncoder()
