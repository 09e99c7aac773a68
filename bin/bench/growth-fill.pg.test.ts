import { expect, test } from 'vitest'
import { createLogger } from '../../runtime/logger.ts'
import { verifyRollups } from '../../sql/rollups.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { eventsPerVisitor, fill, makeCompanies } from './growth-fill.ts'

const logger = createLogger('test', 'silent')

test('what is filled in has rollups that equal their recomputation, each event in its month, each company its share', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await makeCompanies(database, 7, 'key-')
  const untilMs = Date.now() + 60_000
  expect(await fill(fresh.url, { from: 0, to: 300, untilMs }, logger)).toBe(300)
  expect(await fill(fresh.url, { from: 300, to: 1_000, untilMs }, logger)).toBe(1_000)
  for (const verified of await verifyRollups(database)) expect(verified).toMatchObject({ different: 0 })
  const [found] = await database.query(
    `select count(*)::int as events, count(distinct company_id)::int as companies,
            count(distinct event_timestamp::date)::int > 100 as spread,
            (select count(*)::int from user_events_default) as outside
     from user_events`,
  )
  expect(found).toEqual({ events: 1_000 * eventsPerVisitor, companies: 7, spread: true, outside: 0 })
})

test('no piece is begun when the time is over', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await makeCompanies(database, 1, 'key-')
  expect(await fill(fresh.url, { from: 0, to: 1_000, untilMs: Date.now() - 1 }, logger)).toBe(0)
})
