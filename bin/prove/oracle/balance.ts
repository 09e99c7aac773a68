import type { Check, Violation } from './evidence.ts'
import { numberOf } from './number-of.ts'

/** I7: for each company and minute, taken = stored + duplicate + dead letter; and what was taken is what the log held. */
export const balanceZero: Check = async ({ database, log, account }) => {
  const found: Violation[] = []
  const uneven = await database.query<{ company_id: number; minute: Date; difference: string }>(
    `select company_id, minute, sum(taken - stored - duplicate - dead_letter) as difference from ingest_balance
     group by company_id, minute having sum(taken - stored - duplicate - dead_letter) <> 0 order by minute`,
  )
  for (const { company_id, minute, difference } of uneven.slice(0, 3)) {
    const at = minute.toISOString()
    found.push({ invariant: 'I7', message: `company ${company_id} at ${at}: ${difference} records taken are nowhere` })
  }
  const [sheet] = await database.query<{ taken: string; stored: string; dead: string }>(
    'select sum(taken) as taken, sum(stored) as stored, sum(dead_letter) as dead from ingest_balance',
  )
  const written = (await log.watermarks()).reduce((sum, { high }) => sum + high, 0)
  const expected = written + account.readOnFormerLogs - account.lost
  if (numberOf(sheet?.taken) !== expected) {
    found.push({ invariant: 'I7', message: `the balance took ${sheet?.taken} records, but the log held ${expected}` })
  }
  const [kept] = await database.query<{ events: string; dead: string }>(
    'select (select count(*) from user_events) as events, (select count(*) from dead_letters) as dead',
  )
  if (numberOf(sheet?.stored) !== numberOf(kept?.events) || numberOf(sheet?.dead) !== numberOf(kept?.dead)) {
    const says = `${numberOf(sheet?.stored)} stored and ${numberOf(sheet?.dead)} dead letters`
    found.push({ invariant: 'I7', message: `the balance says ${says}, there are ${kept?.events} and ${kept?.dead}` })
  }
  return found
}
