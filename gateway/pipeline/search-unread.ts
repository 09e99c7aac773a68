import type { UnreadRange } from '../analytics/progress.ts'
import { RequestError } from '../errors.ts'
import type { Found } from './scan-log.ts'

/** Searches what no worker has taken yet. @throws RequestError LOG_DOWN where that is not known or cannot be read. */
export async function searchUnread(
  unread: readonly UnreadRange[] | undefined,
  search: (ranges: readonly UnreadRange[]) => Promise<Found>,
): Promise<Found> {
  if (!unread) throw new RequestError('LOG_DOWN', 'The event is not stored, and may lie on the log')
  try {
    return await search(unread)
  } catch (cause) {
    throw new RequestError('LOG_DOWN', 'The event is not stored, and may lie on the log', { cause })
  }
}

/** Nobody can say that the event is nowhere. */
export const tooMuchUnread = (): RequestError =>
  new RequestError('QUERY_TOO_SLOW', 'The event is not stored yet, and too much of the log is unread to look there')
