import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadStatement } from '../../sql/statement.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'

const folder = new URL('../../sql/metrics/', import.meta.url)
const names = readdirSync(folder).map((file) => file.replace(/\.sql$/, ''))

test.each(names)(
  '%s.sql runs unchanged in psql as its header says, with the parameters its header lists',
  async (name) => {
    await using fresh = await freshDatabase()
    await using db = testDatabase(fresh.url)
    const text = readFileSync(new URL(`${name}.sql`, folder), 'utf8')
    const example = /echo "(execute q\(.*\);)"/.exec(text)?.[1]
    expect(example).toBeDefined()
    await db.withClient(async (client) => {
      await client.query(`prepare q as\n${text}`)
      const prepared = await client.query(
        "select parameter_types::text[] as types from pg_prepared_statements where name = 'q'",
      )
      expect(prepared.rows[0].types).toEqual(loadStatement(name).parameters.map((parameter) => parameter.type))
      await client.query(example!)
    })
  },
)

test('docs/metrics.md lists every metric with its question', () => {
  const docs = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const listed = [...docs.matchAll(/^\| \[`(\w+)`\]\(\.\.\/sql\/metrics\/\1\.sql\) \| ([^|]+\?) \|/gm)]
  const expected = names.toSorted().map((name) => [name, loadStatement(name).question])
  expect(listed.map((match) => [match[1], match[2]])).toEqual(expected)
})
