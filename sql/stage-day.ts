import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** What is told apart in the events of a day as they are read, which happens once: sql/sealed/day_raw.sql, whole or in part. */
const fromRaw = ['day_events', 'day_codes', 'day_seen', 'day_clicks', 'day_experiments', 'day_traits'] as const
/** What is computed of that, each of those before it. */
const fromStaged = [
  'day_values',
  'day_kinds',
  'day_value_sets',
  'day_set_values',
  'day_views',
  'day_depths',
  'day_click_traits',
] as const
const staged = ['day_sessions', ...fromRaw, ...fromStaged] as const

const mostStageBytes = 1024 * 1024

/** Company, time zone and day: $1, $2 and $3 of the statements of sql/sealed. */
export type WhichDay = readonly [companyId: number, timeZone: string, day: string]

const sources = new Map<string, Promise<string>>()

/** A statement of sql/sealed without its comments, read once: a prepared statement must not change under its name. */
function sourceOf(name: string): Promise<string> {
  let source = sources.get(name)
  if (!source) {
    source = readFile(new URL(`./sealed/${name}.sql`, import.meta.url), 'utf8').then((text) =>
      text.replaceAll(/^--.*$/gm, ''),
    )
    sources.set(name, source)
  }
  return source
}

/** The rows of a sealed table of a day as one statement over events and sessions themselves, without temp tables. */
export async function wholeSource(table: string): Promise<string> {
  const names = ['day_raw', ...staged]
  const parts = await Promise.all(names.map(async (name) => `${name} as materialized (${await sourceOf(name)})`))
  return `with ${parts.join(',\n')}\nselect * from (${await sourceOf(table)}) s`
}

/** Makes the temp tables of the connection, once. */
export async function prepareStage(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`select to_regclass('pg_temp.day_set_values') is not null as prepared`)
  if (rows[0].prepared) return
  const tables = ['day_raw', ...staged]
  const statements = tables.map(async (table) => {
    const source = await sourceOf(table)
    const nobody = source.replaceAll('$1', '0').replaceAll('$2', `'UTC'`).replaceAll('$3', `'2000-01-01'`)
    return `create temp table ${table} as ${nobody} with no data;`
  })
  await client.query(`${(await Promise.all(statements)).join('\n')} drop table pg_temp.day_raw`)
}

/**
 * Reads a day's events and sessions into temp tables, from which the tables of sql/sealed are filled, and names what of them is stored
 * by number. In the client's transaction, which keeps the settings.
 */
export async function stageDay(client: pg.ClientBase, which: WhichDay): Promise<void> {
  // Nothing here depends on the parameters but which rows are read. Sorts and groups of a large day are kept in memory.
  await client.query(`set local plan_cache_mode = force_generic_plan; set local work_mem = '32MB'`)
  await emptyStage(client)
  await fill(client, 'day_sessions', which)
  const inserts = await Promise.all(
    fromRaw.map(async (name) => `to_${name} as (insert into pg_temp.${name}\n${await sourceOf(name)})`),
  )
  const raw = `with day_raw as materialized (${await sourceOf('day_raw')}),\n${inserts.join(',\n')}\nselect`
  await client.query(bound('stage raw', raw, which))
  // A plan is kept for days of any size: a nested loop that is best for a few events would take hours for many.
  await client.query('set local enable_nestloop = off')
  for (const name of fromStaged) await fill(client, name, which)
  for (const name of ['name_traits', 'name_click_traits', 'name_value_sets', 'name_ways']) {
    await client.query(`select ${name}($1, $2, $3)`, [...which])
  }
}

/**
 * As empty_stage() does: deleting keeps the plans of all that read the tables, and changes no files; truncating takes away what is left
 * of deleted rows.
 */
async function emptyStage(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`select pg_relation_size('pg_temp.day_events') > ${mostStageBytes} as is_large`)
  const tables = staged.map((name) => `pg_temp.${name}`)
  const deletes = tables.map((table, index) => `d${index} as (delete from ${table})`)
  if (rows[0].is_large) await client.query(`truncate ${tables.join(', ')}`)
  else await client.query({ name: 'empty stage', text: `with ${deletes.join(', ')} select` })
}

/** Inserts a day's rows of one of the tables of sql/sealed. The statement is named, so that its plan is kept: that takes longer to make than a small day. */
export async function fill(client: pg.ClientBase, table: string, which: WhichDay): Promise<void> {
  await client.query(bound(`fill ${table}`, `insert into ${table}\n${await sourceOf(table)}`, which))
}

/** A statement that need not use all the parameters, as Postgres wants it: numbered without a gap. */
function bound(name: string, source: string, which: WhichDay): pg.QueryConfig {
  const used = [1, 2, 3].filter((number) => source.includes(`$${number}`))
  const text = source.replaceAll(/\$(\d)/g, (_, number) => `$${used.indexOf(Number(number)) + 1}`)
  return { name, text, values: used.map((number) => which[number - 1]) }
}
