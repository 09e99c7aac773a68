import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Logger } from '../runtime/logger.ts'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import { openDatabase } from './database.ts'

test('an idle connection that breaks is logged by code and message, without the client that holds the password', async () => {
  await using fresh = await freshDatabase()
  await using other = testDatabase(fresh.url)
  const said: unknown[] = []
  const logger = { warn: (what: unknown) => void said.push(what) } as unknown as Logger
  await using db = openDatabase({
    url: fresh.url,
    maxConnections: 1,
    queryTimeoutMs: 5_000,
    applicationName: 'to be ended',
    logger,
  })
  await db.query('select 1')
  await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to be ended'`)
  for (let tries = 0; said.length === 0 && tries < 100; tries++) await sleep(20)
  expect(said[0]).toEqual({ code: '57P01', why: expect.stringContaining('terminating connection') })
  for (const what of said) expect(Object.keys(what as object)).toEqual(['code', 'why'])
  expect(await db.query('select 2 as two')).toEqual([{ two: 2 }])
})
