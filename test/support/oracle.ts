import { expect } from 'vitest'
import type { EventLog } from '../../eventlog/eventlog.ts'
import type { Database } from '../../sql/database.ts'
import { verifyRollups } from '../../sql/rollups.ts'
import { storedToTheEnd } from './worker.ts'

/**
 * Insists on the promise: the log is read to its end, every id is stored once and nothing else is, what was taken is what the
 * log holds, the balance is zero, and every rollup equals its recomputation.
 */
export async function expectExactlyOnce(on: {
  readonly db: Database
  readonly log: EventLog
  readonly ids: Iterable<string>
  readonly deadLetters?: number
}): Promise<void> {
  const { db, log, deadLetters = 0 } = on
  await storedToTheEnd(db, log)
  const stored = await db.query<{ event_id: string }>('select event_id from user_events')
  expect(stored.map((row) => row.event_id).sort()).toEqual([...new Set(on.ids)].sort())
  const [balance] = await db.query<{ taken: string; difference: string; dead: string }>(
    `select coalesce(sum(taken), 0) as taken, coalesce(sum(abs(difference)), 0) as difference, coalesce(sum(dead), 0) as dead
     from (select sum(taken) as taken, sum(taken - stored - duplicate - dead_letter) as difference, sum(dead_letter) as dead
           from ingest_balance group by company_id, minute) minutes`,
  )
  const records = (await log.watermarks()).reduce((sum, { low, high }) => sum + high - low, 0)
  expect({
    taken: Number(balance?.taken),
    difference: Number(balance?.difference),
    dead: Number(balance?.dead),
  }).toEqual({
    taken: records,
    difference: 0,
    dead: deadLetters,
  })
  const different = (await verifyRollups(db)).filter((rollup) => rollup.different > 0)
  expect(different).toEqual([])
}
