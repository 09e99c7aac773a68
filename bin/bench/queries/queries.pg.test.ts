import { expect, test } from 'vitest'
import { createLogger } from '../../../runtime/logger.ts'
import { freshDatabase, testDatabase } from '../../../test/support/postgres.ts'
import { questions } from '../../metric/questions.ts'
import { loadTraffic } from '../traffic/load-traffic.ts'
import { readQueriesOptions } from './options.ts'
import { measureQueries } from './queries.ts'

test('every question is measured; what takes no filters is named with the reason', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await database.query(`insert into company (company_id, name) values (1, 'Company')`)
  await database.query(
    `insert into site (company_id, site_id, name, kind, time_zone)
     select 1, n, 'Site', 'web', 'Europe/Berlin' from generate_series(1, 3) n`,
  )
  const tools = { logger: createLogger('test', 'silent'), say: () => undefined }
  const traffic = { events: 2_000, days: 10, untilMs: Date.now(), companyId: 1, siteIds: [1, 2, 3] } as const
  await loadTraffic(fresh.url, traffic, tools)
  const options = readQueriesOptions(['--database', fresh.url, '--runs', '1', '--seconds', '1'])!
  const { cells, notMeasured, sizes } = await measureQueries(options, {
    ...tools,
    signal: AbortSignal.timeout(170_000),
    only: ['7 days'],
  })
  const measured = new Set(cells.filter(({ filters }) => filters === 0).map(({ question }) => question.split(' ')[0]))
  expect([...measured]).toEqual(Object.keys(questions))
  for (const { question, filters, why } of notMeasured) {
    expect(`${filters} ${question}: ${why}`).toMatch(/^[12] .*filter/)
  }
  expect(sizes.events).toBeGreaterThan(1_500)
  expect(sizes.tables[0]?.name).toBe('stored_events')
}, 300_000)
