import { hash } from 'node:crypto'
import type { SessionlessEvent } from './sessionless-event.ts'

/** Length of a session's id as text. */
export const sessionIdLength = 36

/**
 * Id of the session that an event opens: a UUID of version 8 made of company, site, visitor and event.
 * Nothing random and no clock, so a replay of the log opens the same session again.
 */
export function sessionIdOf(event: Pick<SessionlessEvent, 'companyId' | 'siteId' | 'visitorId' | 'eventId'>): string {
  // The visitor comes last: it is the only part a stranger writes freely, so no two keys run together.
  const hex = hash('sha256', `session ${event.companyId} ${event.siteId} ${event.eventId} ${event.visitorId}`, 'hex')
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
