import type { Caller, Reading } from '../answer.ts'
import { areOfWays } from './of-sessions.ts'
import type { CheckedQuestion } from './read-question.ts'
import { findZone } from './zone.ts'

/** In which days a question about days is answered. */
export interface Days {
  /** Rollups by day can answer: nothing is asked that they do not know. */
  readonly byRollup: boolean
  /** Sealed days can: some of them are of the time zone, and filters ask for nothing that their ways do not have. */
  readonly bySealedDays: boolean
  /** Of the days; empty: each site has its own. */
  readonly timeZone: string
}

/**
 * Rollups keep days of visitors in the time zone of each site. They answer when `plain`: the question has nothing more to say
 * than that; and neither filters, nor a segment, nor a time zone other than that of all sites. @throws STORE_DOWN
 */
export async function findDays(
  reading: Reading,
  caller: Caller,
  asked: { readonly question: CheckedQuestion; readonly plain: boolean },
): Promise<Days> {
  const { timeZone, filters, common } = asked.question
  const plain = asked.plain && filters.length === 0
  if (plain && timeZone === '') return { byRollup: true, bySealedDays: true, timeZone }
  const zone = await findZone(reading, caller, { timeZone, siteIds: common.site_ids })
  return {
    byRollup: plain && zone.ofAllSites,
    bySealedDays: zone.ofAnySite && areOfWays(filters),
    timeZone: zone.name,
  }
}
