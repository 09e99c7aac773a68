import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import type { Database } from './database.ts'
import { verifySealedDays } from './sealed-tables.ts'
import type { Verified } from './verified.ts'

/** A rollup: its table, and how rows of several shards become one. */
interface Rollup {
  readonly table: string
  readonly key: readonly string[]
  /** The measure summed over shards; absent: the table has no shards and whole rows are compared. */
  readonly sum?: string
}

// In the order in which they are recomputed: the last two read visitor_days.
const rollups: readonly Rollup[] = [
  { table: 'sessions', key: ['company_id', 'session_id'] },
  {
    table: 'rollup_events_hourly',
    key: ['company_id', 'site_id', 'hour', 'event_type', 'event_name', 'is_bot'],
    sum: 'events',
  },
  { table: 'visitor_days', key: ['company_id', 'site_id', 'is_bot', 'visitor_key', 'day'] },
  { table: 'visitors', key: ['company_id', 'site_id', 'is_bot', 'visitor_key'] },
  {
    table: 'rollup_visitor_gaps',
    key: ['company_id', 'site_id', 'is_bot', 'day', 'previous_day'],
    sum: 'visitors',
  },
]

/** Recomputes each rollup, and each sealed day, from the raw events and compares row by row, in one snapshot, without any lock. */
export async function verifyRollups(database: Database): Promise<Verified[]> {
  return database.transaction('begin isolation level repeatable read, read only', async (client) => {
    const found: Verified[] = []
    for (const rollup of rollups) found.push(await verify(client, rollup))
    return [...found, ...(await verifySealedDays(client))]
  })
}

async function verify(client: pg.ClientBase, rollup: Rollup): Promise<Verified> {
  const source = await recomputation(rollup)
  const key = rollup.key.join(', ')
  const stored = rollup.sum
    ? `select ${key}, sum(${rollup.sum})::bigint as n from ${rollup.table} group by ${key} having sum(${rollup.sum}) <> 0`
    : `select * from ${rollup.table}`
  // Columns by name, so that the two sides may list them in another order.
  const recomputed = rollup.sum ? `select ${key}, ${rollup.sum}::bigint as n from (${source}) r` : source
  const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
    `with s as (${stored}), r as (${recomputed}),
     both_sides as (
       select to_jsonb(s) as stored, to_jsonb(r) as recomputed from s full join r using (${key})
     )
     select count(*) as rows,
            count(*) filter (where stored is distinct from recomputed) as different,
            (select to_jsonb(b) from both_sides b where stored is distinct from recomputed limit 1) as example
     from both_sides`,
  )
  const [row] = rows
  return {
    rollup: rollup.table,
    rows: Number(row?.rows),
    different: Number(row?.different),
    example: row?.example ?? undefined,
  }
}

/**
 * Rebuilds every rollup from the raw events into shadow tables and swaps their contents in, in one transaction.
 * Readers see the old rows until the end; workers wait meanwhile, lose nothing and go on by themselves.
 * @returns rows written, by table.
 */
export async function rebuildRollups(database: Database): Promise<{ rollup: string; rows: number }[]> {
  return database.transaction('begin', async (client) => {
    await client.query(`set local lock_timeout = '60s'`)
    // apply_batch begins by updating this table, so no batch is half in the recomputation.
    await client.query('lock table ingest_partition in exclusive mode')
    const written: { rollup: string; rows: number }[] = []
    for (const rollup of rollups) written.push(await rebuild(client, rollup))
    // What was sealed may have been computed from rows that were wrong.
    await client.query('delete from sealed_days')
    await client.query('delete from sealed_through')
    return written
  })
}

async function rebuild(client: pg.ClientBase, rollup: Rollup): Promise<{ rollup: string; rows: number }> {
  const { table } = rollup
  const { fields } = await client.query(`select * from (${await recomputation(rollup)}) r limit 0`)
  const columns = fields.map((field) => field.name).join(', ')
  await client.query(`create temp table shadow on commit drop as select * from (${await recomputation(rollup)}) r`)
  await client.query(`delete from ${table}`)
  const { rowCount } = await client.query(`insert into ${table} (${columns}) select ${columns} from shadow`)
  await client.query('drop table shadow')
  return { rollup: table, rows: rowCount ?? 0 }
}

async function recomputation(rollup: Rollup): Promise<string> {
  return readFile(new URL(`./rollups/${rollup.table}.sql`, import.meta.url), 'utf8')
}
