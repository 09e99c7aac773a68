import { isIP } from 'node:net'
import type { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Sender } from '../ingest/sender.ts'
import type { Key } from '../keys.ts'

/** Looks up a header or a metadata key by its lower-case name. */
export type HeaderOf = (name: string) => string | undefined

/** What a request brings besides its body, in the same form whatever the protocol. */
export interface Arrival {
  readonly header: HeaderOf
  /** Address of the socket's other end, without port. */
  readonly peer: string
  readonly door: Door
  /** The key of `?key=`, which only browser addresses take: a key in an address ends up in logs and histories. */
  readonly queryKey?: string | undefined
  /** Sends a cookie with the answer; absent where there are none. */
  readonly setCookie?: (cookie: string) => void
}

/** The text of the key as sent, or undefined. */
export function secretOf({ header, queryKey }: Arrival): string | undefined {
  const bearer = header('authorization')
  const token = bearer && /^bearer\s+(\S+)\s*$/i.exec(bearer)?.[1]
  return header('x-api-key')?.trim() || token || queryKey || undefined
}

/**
 * The sender as the write side wants it. `trustProxy` is the number of proxies of ours in front of the gateway:
 * with 0 forwarded addresses and country headers are believed from this machine only, because anybody else can write them.
 */
export function senderOf(key: Key, arrival: Arrival, trustProxy: number): Sender {
  const { header } = arrival
  return {
    key,
    ip: clientAddress(arrival, trustProxy),
    userAgent: (header('user-agent') ?? '').slice(0, mostUserAgentCharacters),
    hints: {
      platform: hint(header('sec-ch-ua-platform')),
      platformVersion: hint(header('sec-ch-ua-platform-version')),
      mobile: header('sec-ch-ua-mobile') === '?1',
      model: hint(header('sec-ch-ua-model')),
    },
    countryHeader: proxiesOf(arrival, trustProxy) > 0 ? country(header) : '',
    door: arrival.door,
    receivedAtUs: Date.now() * 1000,
  }
}

/** Real user agents stay below 500 characters; the header is the stranger's to fill. */
const mostUserAgentCharacters = 1_024
const mostHintCharacters = 100

/**
 * The visitor's address. Each proxy appends the address it saw, so with n proxies of ours the n-th from the right was
 * written by the outermost of them; everything left of it came from outside and proves nothing.
 */
export function clientAddress(arrival: Arrival, trustProxy: number): string {
  const { header, peer } = arrival
  const proxies = proxiesOf(arrival, trustProxy)
  if (proxies === 0) return peer
  const hops = (header('x-forwarded-for') ?? '').split(',').map((hop) => withoutPort(hop.trim()))
  const hop = hops.at(-Math.min(proxies, hops.length))
  return hop && isIP(hop) ? hop : peer
}

/** A connection from this machine comes from a proxy of ours, or from somebody who could as well send through one. */
const proxiesOf = ({ peer }: Arrival, trustProxy: number): number =>
  trustProxy === 0 && /^(::ffff:)?127\.|^::1$/.test(peer) ? 1 : trustProxy

/** Cuts the port some proxies write: "203.0.113.7:4711", "[2001:db8::1]:4711". */
function withoutPort(hop: string): string {
  const v6 = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)
  if (v6?.[1]) return v6[1]
  return /^[\d.]+:\d+$/.test(hop) ? hop.slice(0, hop.indexOf(':')) : hop
}

const hint = (text: string | undefined): string => (text ? text.replace(/^"|"$/g, '').slice(0, mostHintCharacters) : '')

const countryHeaders = ['cf-ipcountry', 'x-vercel-ip-country', 'cloudfront-viewer-country'] as const

function country(header: HeaderOf): string {
  for (const name of countryHeaders) {
    const value = header(name)?.trim().toUpperCase()
    if (value && /^[A-Z]{2}$/.test(value)) return value
  }
  return ''
}
