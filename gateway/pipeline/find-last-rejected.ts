import type { EventLog } from '../../eventlog/eventlog.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { checkSite } from '../analytics/parameters.ts'
import { scanForLastRejected } from './scan-log.ts'
import { searchUnread, tooMuchUnread } from './search-unread.ts'
import { type FindEventAnswer, tellDeadLetter, tellOnLog, tellUnknown } from './tell-event.ts'

/**
 * The event of a site that was rejected last: on the log, as those there are younger than any dead letter, else among the dead
 * letters. Where not all of the log could be searched it is the last dead letter, and the answer says what it is complete to.
 */
export async function findLastRejected(
  reading: Reading & { readonly log: EventLog },
  search: { readonly caller: Caller; readonly siteId: number },
): Promise<FindEventAnswer> {
  const { caller } = search
  const siteId = checkSite('last_rejected_of_site', search.siteId)
  const unread = await reading.progress.unread()
  const dead = await answer(reading, { metric: 'last_dead_letter', caller, parameters: { site_id: siteId } })
  const letter = dead.rows.length > 0 ? tellDeadLetter(dead) : undefined
  const found = await searchUnread(unread, (ranges) =>
    scanForLastRejected(reading.log, { companyId: caller.companyId, siteId, ranges }),
  ).catch((error: unknown) => {
    if (!letter) throw error
    return 'cut-short' as const
  })
  if (typeof found === 'object' && Number(found.at.envelope.receivedAtUs) > receivedAtUs(letter))
    return tellOnLog(found.at, dead.meta)
  if (letter) return letter
  if (found === 'cut-short') throw tooMuchUnread()
  return tellUnknown(dead.meta)
}

const receivedAtUs = (letter: FindEventAnswer | undefined): number =>
  letter?.receivedAt ? Number(letter.receivedAt.seconds) * 1e6 + (letter.receivedAt.nanos ?? 0) / 1e3 : 0
