import { createHash, hash } from 'node:crypto'
import { isIP } from 'node:net'
import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { uuidV7 } from '../../clients/node/identify.ts'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import type { LoggedRequest } from './parse-line.ts'

/** What identifies a line: its digest, and which of the identical lines of its file it is, from 1. */
export interface LineIdentity {
  readonly digest: string
  readonly occurrence: number
}

/** The digest of a line's bytes, in hex. */
export const digestLine = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex')

/**
 * A page view for a logged request. Its id comes from the line alone, its time is the line's: a line that is imported again,
 * from whatever file, is the same event and adds nothing.
 */
export function toEvent(line: LoggedRequest, identity: LineIdentity, site: string): Event {
  const rest = createHash('sha256').update(`${identity.digest}\n${identity.occurrence}`).digest()
  return create(EventSchema, {
    eventId: uuidV7(line.timeMs, rest),
    eventTime: timestampFromMs(line.timeMs),
    visitorId: hash('sha256', `${line.host}\n${line.userAgent}`, 'base64url').slice(0, 22),
    userId: line.user,
    page: { url: pageUrl(line.target, site), referrer: line.referrer },
    // The log's own sign for none: without any, the visitor would be taken for one whose server does not tell its agent.
    device: { userAgent: line.userAgent || '-', ipAddress: isIP(line.host) ? line.host : '' },
    properties: { method: line.method, status: line.status, bytes: line.bytes },
    action: { case: 'pageView', value: {} },
  })
}

/** A request's target is a path; proxies are asked for whole addresses, and `OPTIONS *` for none. */
function pageUrl(target: string, site: string): string {
  if (/^https?:\/\//i.test(target)) return target
  return site + (target.startsWith('/') ? '' : '/') + target
}
