import { isIPv6 } from 'node:net'

/**
 * The 4 or 16 bytes of an IP address as text; undefined if it is none. An IPv4 address written as IPv6
 * (`::ffff:192.0.2.1`, as dual-stack sockets say) gives the 4 bytes.
 */
export function ipBytes(address: string): Uint8Array | undefined {
  if (!address.includes(':')) return v4Bytes(address)
  if (!isIPv6(address) || address.includes('%')) return undefined
  const bytes = v6Bytes(address)
  return isMapped(bytes) ? bytes.subarray(12) : bytes
}

/** The 32 bits of an IPv4 address as text; undefined if it is none. One pass without intermediate texts: this runs for every event. */
export function ipv4Number(text: Uint8Array, start: number, end: number): number | undefined {
  let address = 0
  let part = 0
  let value = -1
  for (let at = start; at < end; at++) {
    const digit = text[at]! - 48
    if (digit === -2 && value !== -1 && part < 3) {
      address = (address << 8) | value
      part++
      value = -1
    } else if (digit >= 0 && digit <= 9 && value !== 0) {
      value = value === -1 ? digit : value * 10 + digit
      if (value > 255) return undefined
    } else {
      return undefined
    }
  }
  return part === 3 && value !== -1 ? ((address << 8) | value) >>> 0 : undefined
}

/** Whether no public database can know the address: private, loopback, link-local, or unspecified. */
export function isPrivate(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes
  if (bytes.length === 4) {
    if (first === 172) return second >= 16 && second <= 31
    if (first === 192) return second === 168
    if (first === 169) return second === 254
    if (first === 100) return second >= 64 && second <= 127
    return first === 0 || first === 10 || first === 127
  }
  // fc00::/7, fe80::/10, and ::/8, which holds :: and ::1.
  return (first & 0xfe) === 0xfc || (first === 0xfe && (second & 0xc0) === 0x80) || first === 0
}

function v4Bytes(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text)
  const address = ipv4Number(bytes, 0, bytes.length)
  if (address === undefined) return undefined
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address)
}

function v6Bytes(address: string): Uint8Array {
  const [before = '', after] = address.split('::')
  const head = groups(before)
  const tail = after === undefined ? [] : groups(after)
  const bytes = new Uint8Array(16)
  bytes.set(head)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

/** Bytes of colon-separated groups of hexadecimal digits; the last may be an IPv4 address. */
function groups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return [...(v4Bytes(group) ?? [])]
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0)
}
