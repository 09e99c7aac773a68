import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { type DeadRow, storeEvents } from '../../test/support/store-events.ts'
import type { Database } from '../database.ts'

const letter = (payload: string): DeadRow => ({
  company_id: 1,
  site_id: 1,
  event_id: null,
  reason: 'ID_TOO_LONG',
  field: 'session_id',
  message: 'too long',
  log_offset: 0,
  received_at_us: Date.UTC(2026, 10, 10) * 1e3,
  payload: Buffer.from(payload).toString('base64'),
})

/** Stores it at offset 0, whatever was stored before. */
async function storeAgain(db: Database, dead: DeadRow): Promise<void> {
  await db.query('update ingest_partition set next_offset = 0')
  await storeEvents(db, { events: [], dead: [dead] })
}

const kept = (db: Database) =>
  db.query<{ topic: string; payload: string }>(
    `select topic, encode(payload, 'escape') as payload from dead_letters order by kept_at, topic`,
  )

const sheet = async (db: Database) => {
  const [row] = await db.query(
    'select sum(taken)::int as taken, sum(duplicate)::int as duplicate, sum(dead_letter)::int as dead from ingest_balance',
  )
  return row
}

test('a dead letter that is read again after a position was set back is kept once, and counts as a duplicate', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await storeEvents(db, { events: [], dead: [letter('a')] })
  await storeAgain(db, letter('a'))
  expect(await kept(db)).toEqual([{ topic: 'test', payload: 'a' }])
  expect(await sheet(db)).toEqual({ taken: 2, duplicate: 1, dead: 1 })
})

test('a dead letter of a log made anew does not stand in the way of the former one at its place; both are kept', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  for (const payload of ['a', 'b', 'c']) await storeAgain(db, letter(payload))
  const former = expect.stringMatching(/^test@\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(await kept(db)).toEqual([
    { topic: former, payload: 'a' },
    { topic: former, payload: 'b' },
    { topic: 'test', payload: 'c' },
  ])
  expect(await sheet(db)).toEqual({ taken: 3, duplicate: 0, dead: 3 })
})
