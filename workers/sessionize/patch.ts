import { sessionIdLength } from './session-id.ts'
import type { SessionlessEvent } from './sessionless-event.ts'

/**
 * Writes the ids found by `foldSessions` into the places the row writer kept free for them.
 * `sessionIds` is in the order of `sessionless`; anything else is a bug.
 */
export function patchSessionIds(
  digest: { readonly rows: Uint8Array; readonly sessionless: readonly SessionlessEvent[] },
  sessionIds: readonly string[],
): void {
  if (sessionIds.length !== digest.sessionless.length) throw new Error('one session id for each sessionless event')
  const rows = Buffer.from(digest.rows.buffer, digest.rows.byteOffset, digest.rows.byteLength)
  for (const [index, { at }] of digest.sessionless.entries()) {
    const id = sessionIds[index]!
    if (id.length !== sessionIdLength) throw new Error('a session id has 36 characters')
    rows.write(id, at, sessionIdLength, 'latin1')
  }
}
