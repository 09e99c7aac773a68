import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import { listSchema } from './schema-listing.ts'
import { stageColumns } from './stage.ts'

const header =
  '-- What the database consists of, listed from its catalogue. Written anew by: npx vitest -u run sql/schema\n'

test('schema.sql lists what the migrations make', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await expect(header + (await listSchema(database))).toMatchFileSnapshot('./schema.sql')
})

test('every unique key of a table with companies starts with company_id, so that it can be distributed by it', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  const wrong = await database.query(
    `select c.relname, i.indexrelid::regclass as index
     from pg_index i
     join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id'
     where i.indisunique and i.indkey[0] <> a.attnum`,
  )
  expect(wrong).toEqual([])
})

test('the stage has the columns that the worker writes, with these types', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  const columns = await database.withClient(async (client) => {
    await client.query('select stage_prepare()')
    const { rows } = await client.query<{ name: string; type: string }>(
      `select attname as name, typname as type from pg_attribute join pg_type t on t.oid = atttypid
       where attrelid = 'stage_events'::regclass and attnum > 0 and not attisdropped`,
    )
    return rows.map((row) => `${row.name} ${row.type}`)
  })
  expect(columns.sort()).toEqual(stageColumns.map(([name, type]) => `${name} ${type}`).sort())
})

test('months are made ahead once, and not where the default partition holds their events', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  const ensure = (back: number, ahead: number) =>
    database.query<{ made: number }>('select ensure_event_partitions($1, $2) as made', [back, ahead])
  expect(await ensure(13, 2)).toEqual([{ made: 0 }])
  expect(await ensure(15, 2)).toEqual([{ made: 2 }])
  await database.query(
    `insert into stored_events (company_id, event_timestamp, event_id, site_id, log_partition, log_offset, received_at,
       sequence, is_bot, text_repaired, event_type)
     values (1, now() - interval '17 months', gen_random_uuid(), 1, 0, 0, now(), 0, false, false, 'click')`,
  )
  const [made] = await ensure(18, 2)
  expect(made?.made).toBe(2)
})
