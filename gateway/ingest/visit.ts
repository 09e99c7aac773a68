import { createHmac } from 'node:crypto'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { keptIp, normaliseIp } from './ip-address.ts'
import { limits } from './limits.ts'
import { type Protection, protectionOf } from './privacy/protection.ts'
import type { ClientHints, Sender } from './sender.ts'

/** What all events of a batch have in common, worked out once. */
export interface Visit {
  readonly sender: Sender
  readonly receivedAtUs: bigint
  /** Receive time minus sent_at in milliseconds, cut to 32 bits; undefined: not sent. */
  readonly skewMs: number | undefined
  /** What the site keeps of the request's address. Empty with a secret key: that is the sender's server, not the visitor. */
  readonly ip: string
  readonly userAgent: string
  readonly hints: ClientHints
  readonly country: string
  /** What the site does not keep of events. */
  readonly protection: Protection
  /** The visitor by the cookieless hash; empty where that is no browser; undefined while the day's salt is unknown. */
  visitorBy(userAgent: string): string | undefined
}

/** Describes the batch. `salt` is the day's; undefined if it could not be read. */
export function describeVisit(sender: Sender, sentAtMs: number | undefined, salt: Uint8Array | undefined): Visit {
  const address = normaliseIp(sender.ip)
  const browser = mayBeBrowser(sender) && address !== ''
  return {
    sender,
    receivedAtUs: BigInt(Math.trunc(sender.receivedAtUs)),
    skewMs: sentAtMs === undefined ? undefined : int32(sender.receivedAtUs / 1_000 - sentAtMs),
    ip: sender.key.kind === 'write' ? keptIp(address, sender.key.privacy.ipMode) : '',
    userAgent: storable(sender.userAgent, limits.textBytes),
    hints: {
      platform: storable(sender.hints.platform, limits.nameBytes),
      platformVersion: storable(sender.hints.platformVersion, limits.nameBytes),
      mobile: sender.hints.mobile,
      model: storable(sender.hints.model, limits.nameBytes),
    },
    country: countryOf(sender.countryHeader),
    protection: protectionOf(sender.key),
    visitorBy: browser ? hashOnce(sender, address, salt) : () => '',
  }
}

/** Write keys are those of pages, and no page speaks gRPC: without an id, such a sender's address says nothing of a visitor. */
export const mayBeBrowser = ({ key, door }: Sender): boolean =>
  key.kind === 'write' && door !== Door.GRPC && door !== Door.GRPC_STREAM

/** The hash of (salt, site, address, user agent), remembered for the last user agent: in a batch they are all the same. */
function hashOnce(sender: Sender, address: string, salt: Uint8Array | undefined): Visit['visitorBy'] {
  if (salt === undefined) return () => undefined
  let last: { userAgent: string; hash: string } | undefined
  return (userAgent) => {
    if (last?.userAgent === userAgent) return last.hash
    const { companyId, siteId } = sender.key
    const told = `${companyId}\n${siteId}\n${address}\n${userAgent}`
    // 22 characters hold 132 bits: no two visitors of a day meet.
    const hash = createHmac('sha256', salt).update(told).digest('base64url').slice(0, 22)
    last = { userAgent, hash }
    return hash
  }
}

/** A header's text cut and without what Postgres cannot store. */
export function storable(text: string, mostCharacters: number): string {
  const short = text.length > mostCharacters ? text.slice(0, mostCharacters) : text
  return withoutNul(short).toWellFormed()
}

/** U+FFFD for each NUL. */
export const withoutNul = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text)

/** Two letters in capitals, or nothing. "XX" is what CDNs say for unknown. */
function countryOf(header: string): string {
  if (!/^[A-Za-z]{2}$/.test(header)) return ''
  const country = header.toUpperCase()
  return country === 'XX' ? '' : country
}

const int32 = (value: number): number => Math.max(-0x8000_0000, Math.min(0x7fff_ffff, Math.trunc(value)))
