/** A UUID of version 7 of this time in ms since 1970: 48 bits of time, the rest is chance. */
export function uuid7(atMs: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let hex = Math.floor(atMs).toString(16).padStart(12, '0')
  for (let i = 6; i < 16; i++) {
    const byte = bytes[i]!
    hex += (i === 6 ? (byte & 15) | 0x70 : i === 8 ? (byte & 63) | 0x80 : byte).toString(16).padStart(2, '0')
  }
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
