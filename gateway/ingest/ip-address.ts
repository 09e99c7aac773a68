import { isIPv4, isIPv6 } from 'node:net'

/** How much of an IP address a site keeps: the network only, all of it, or nothing. */
export type IpMode = 'cut' | 'full' | 'none'

/**
 * The address in the form Postgres' inet takes: IPv4 also where it came mapped into IPv6, IPv6 as eight groups, no zone.
 * Empty: not an IP address.
 */
export function normaliseIp(text: string): string {
  if (isIPv4(text)) return text
  if (!isIPv6(text)) return ''
  const groups = expand(text)
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!mapped) return groups.map((group) => group.toString(16)).join(':')
  const [high, low] = [groups[6]!, groups[7]!]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** What the site keeps of a normalised address: with `cut` the /24 of IPv4 and the /48 of IPv6. */
export function keptIp(normalised: string, mode: IpMode): string {
  if (normalised === '' || mode === 'none') return ''
  if (mode === 'full') return normalised
  if (normalised.includes('.')) return `${normalised.slice(0, normalised.lastIndexOf('.'))}.0`
  return `${normalised.split(':').slice(0, 3).join(':')}::`
}

/** The eight groups of a valid IPv6 address. */
function expand(text: string): number[] {
  const [address = ''] = text.split('%')
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  if (tail === undefined) return before
  const after = groupsOf(tail)
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function groupsOf(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}
