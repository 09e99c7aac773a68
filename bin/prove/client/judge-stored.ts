import type { Violation } from '../oracle/evidence.ts'
import type { SystemUnderTest } from '../system.ts'
import { isRejected, type SenderReport } from './plan.ts'

/** Events by their number in the table, which the client knows nothing of: an id made twice would be seen. */
export interface Stored {
  /** Different events that are stored. */
  readonly stored: number
  /** Events that were accepted and are not stored. */
  readonly lost: number
  /** Rows beyond the first of an event. */
  readonly duplicated: number
  /** Different events that are dead letters. */
  readonly deadLetters: number
}

/** Holds what is stored against what the client was told. */
export async function judgeStored(
  { database, tenants }: SystemUnderTest,
  report: SenderReport,
  events: number,
): Promise<{ stored: Stored; violations: Violation[] }> {
  const { companyId } = tenants[0]!
  const [found] = await database.query<{ rows: number; numbers: number; strange: number; dead: number }>(
    `select count(*)::int as rows, count(distinct n)::int as numbers,
            (count(*) filter (where n is null or n < 0 or n >= $2 or n % 1000 = 999))::int as strange,
            (select count(distinct event_id)::int from dead_letters where company_id = $1) as dead
     from (select (metadata ->> 'n')::int as n from user_events where company_id = $1) sent`,
    [companyId, events],
  )
  if (!found) throw new Error('an aggregate gave no row')
  const toReject = Array.from({ length: events }, (_, n) => n).filter(isRejected)
  const valid = events - toReject.length
  const stored = {
    stored: found.numbers,
    lost: valid - found.numbers,
    duplicated: found.rows - found.numbers,
    deadLetters: found.dead,
  }
  const { accepted, rejected, dropped, givenUp } = report.stats
  const expected: readonly (readonly [what: string, is: number, wanted: number])[] = [
    ['accepted events that are not stored', stored.lost, 0],
    ['rows beyond the first of an event', stored.duplicated, 0],
    ['rows of events that were not sent or are invalid', found.strange, 0],
    ['accepted by the client’s count', accepted, valid],
    ['rejected by the client’s count', rejected, toReject.length],
    ['dropped or given up', dropped + givenUp, 0],
    ['invalid events among the dead letters', stored.deadLetters, toReject.length],
    ['different events that onRejected was told', new Set(report.rejected).size, toReject.length],
    ['times that onRejected was told', report.rejected.length, toReject.length],
  ]
  const violations = expected
    .filter(([, is, wanted]) => is !== wanted)
    .map(([what, is, wanted]) => ({ invariant: 'I1', message: `${what}: ${is}, not ${wanted}` }))
  return { stored, violations }
}
