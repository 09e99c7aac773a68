import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'

const opened = new AsyncDisposableStack()
let db: Database
beforeAll(async () => {
  db = opened.use(testDatabase(opened.use(await freshDatabase()).url))
})
afterAll(() => opened.disposeAsync())

/** Runs statements as the gateway's questions run, for this company or for none. */
const asReader = (companyId: number | '', ...statements: string[]) =>
  db.transaction('begin read only', async (client) => {
    await client.query(
      `select set_config('userflow.company_id', $1, true), set_config('role', 'userflow_reader', true)`,
      [String(companyId)],
    )
    const answers: Record<string, unknown>[][] = []
    for (const statement of statements) answers.push((await client.query(statement)).rows)
    return answers
  })

const tables = () =>
  db.query<{ name: string; kind: string }>(
    `select c.relname as name, c.relkind::text as kind from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and a.attname = 'company_id' and c.relkind in ('r', 'p')
        and not c.relispartition order by 1`,
  )

test('every table with companies has row level security with a policy for its company, and for whoever reads no other', async () => {
  const protectedOnes = await db.query(
    `select c.relname as name, count(p.*)::int as policies, bool_and(p.polcmd = 'r') as reads,
            bool_and(pg_get_expr(p.polqual, c.oid) like '(company_id = %current_setting(''userflow.company_id''%') as own
       from pg_class c left join pg_policy p on p.polrelid = c.oid
      where c.relrowsecurity and c.relnamespace = 'public'::regnamespace group by 1 order by 1`,
  )
  const wanted = (await tables()).map(({ name }) => ({ name, policies: 1, reads: true, own: true }))
  expect(wanted.length).toBeGreaterThan(15)
  expect(protectedOnes).toEqual(wanted)
})

test('the reader has no way around: no login, no bypass, owns nothing, and writes nowhere', async () => {
  const [role] = await db.query(
    `select rolcanlogin, rolbypassrls, rolsuper, rolcreaterole,
            exists (select from pg_class where relowner = r.oid) as owns,
            exists (select from pg_auth_members where member = r.oid) as is_member
       from pg_roles r where rolname = 'userflow_reader'`,
  )
  expect(Object.values(role!)).toEqual([false, false, false, false, false, false])
  const writes = await db.query(
    `select c.relname, privilege from pg_class c, unnest('{insert,update,delete,truncate}'::text[]) privilege
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
        and has_table_privilege('userflow_reader', c.oid, privilege)`,
  )
  expect(writes).toEqual([])
})

test('the reader sees no secret: no hash of a key or token, no password, no sign-in', async () => {
  const hidden = ['person', 'sign_in', 'refresh_token', 'token_key', 'visitor_salt', 'api_key', 'invitation']
  for (const table of hidden) {
    await expect(asReader(1, `select * from ${table}`), table).rejects.toThrow('permission denied')
  }
  const seen = await db.query(
    `select table_name, column_name from information_schema.column_privileges
      where grantee = 'userflow_reader' and column_name ~ '(hash|password|secret|salt|private)' order by 1, 2`,
  )
  expect(seen).toEqual([])
})

test('a statement without a company clause sees the own company only, through views and joins too, and without one nothing', async () => {
  for (const companyId of [1, 2]) {
    await db.query('insert into company (company_id, name) values ($1, $2)', [companyId, `company ${companyId}`])
    await db.query(`insert into site (company_id, name, kind) values ($1, $2, 'web')`, [companyId, `site ${companyId}`])
    await db.query(
      `insert into stored_events (company_id, event_timestamp, event_id, site_id, log_partition, log_offset, received_at,
         sequence, is_bot, text_repaired, event_type, user_id)
       values ($1::int, now(), gen_random_uuid(), 1, 0, $1::int, now(), 0, false, false, 'click', $2)`,
      [companyId, `user ${companyId}`],
    )
  }
  const statements = [
    'select distinct company_id from stored_events',
    'select distinct company_id from user_events',
    'select distinct company_id from mv_daily_event_summary',
    'select distinct company_id from mv_user_activity',
    'select company_id from company',
    'select e.company_id from site s join stored_events e on true',
    'select company_id from user_events where company_id = 1 or true group by 1',
    `select c as company_id from (select company_id from site union select company_id from stored_events) as u (c)`,
  ]
  for (const companyId of [1, 2]) {
    const answers = await asReader(companyId, ...statements)
    expect(answers).toEqual(statements.map(() => [{ company_id: companyId }]))
  }
  expect(await asReader('', ...statements)).toEqual(statements.map(() => []))
  expect(await asReader(3, ...statements)).toEqual(statements.map(() => []))
  // Partitions answer nobody by themselves.
  const [partition] = await db.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'stored_events'::regclass limit 1`,
  )
  await expect(asReader(1, `select * from ${partition?.name}`)).rejects.toThrow('permission denied')
})

test('a table that is added later is protected by the migration that adds it, and a view too', async () => {
  await db.query(`create table notes (company_id int not null, note text, primary key (company_id, note))`)
  await db.query(`insert into notes values (1, 'one'), (2, 'two')`)
  await db.query('create view all_notes as select * from notes')
  await expect(asReader(1, 'select * from notes')).rejects.toThrow('permission denied')
  await migrate(db)
  const own = [{ company_id: 1, note: 'one' }]
  expect(await asReader(1, 'select * from notes', 'select * from all_notes')).toEqual([own, own])
})
