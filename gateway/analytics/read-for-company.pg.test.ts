import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { runStatement } from './run-statement.ts'

test('a question that names no company sees the rows of its own only, and leaves nothing behind on the connection', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url, { maxConnections: 1 })
  await db.query(`insert into company (company_id, name) values (1, 'one'), (2, 'two')`)
  const statement = {
    name: 'x',
    version: 1,
    question: '?',
    parameters: [],
    sql: 'select name, current_user from company',
  }
  for (const [companyId, name] of [
    [1, 'one'],
    [2, 'two'],
  ] as const) {
    const rows = await runStatement(db, { statement, values: [], companyId, timeoutMs: 5_000 })
    expect(rows).toEqual([{ name, current_user: 'userflow_reader' }])
  }
  expect(await db.query('select current_user <> $1 as owner from company', ['userflow_reader'])).toHaveLength(2)
})

test('nothing else in the gateway begins a read-only transaction', () => {
  const folder = new URL('../', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!test)\.ts$/.test(name))
  const begins = files.filter((name) => readFileSync(new URL(name, folder), 'utf8').includes("'begin read only'"))
  expect(begins).toEqual(['analytics/read-for-company.ts'])
})
