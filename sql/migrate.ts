import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import type { Database } from './database.ts'

/** What a migration run did. */
export interface Migrated {
  /** Names of the numbered files applied now. */
  readonly migrations: readonly string[]
  /** Names of functions and views made anew because their text changed. */
  readonly replaced: readonly string[]
}

// Any fixed number; it keeps two starting processes from migrating at once.
const advisoryLock = 7_305_119

/**
 * Brings the database to this version: numbered files of `migrations/` once each, in order; files of `functions/` and
 * `views/` whenever their text changed. Any change reopens sealed days. All in one transaction.
 * @throws if an applied migration was edited since, or the database is of a later version; the message says what to do.
 */
export async function migrate(database: Database): Promise<Migrated> {
  return database.transaction('begin', async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLock])
    await client.query(`create table if not exists schema_version (
      name text primary key, hash text not null, applied_at timestamptz not null default now())`)
    const applied = await readApplied(client)
    const migrations = await applyNumbered(client, applied)
    const replaced = await applyReplaceable(client, applied)
    // What was made now or ever: see sql/functions/protect_companies.sql.
    await client.query('select protect_companies()')
    const sources = (await readSql('sealed')).filter((file) => applied.get(file.name) !== file.hash)
    for (const file of sources) await note(client, file)
    // Whatever changed may be what sealed days are computed by: they are read from raw rows until they are sealed again.
    if (migrations.length + replaced.length + sources.length > 0) {
      await client.query('update sealed_days set is_sealed = false, mark = null where is_sealed or mark is not null')
    }
    return { migrations, replaced }
  })
}

type Applied = ReadonlyMap<string, string>

async function readApplied(client: pg.ClientBase): Promise<Applied> {
  const { rows } = await client.query<{ name: string; hash: string }>('select name, hash from schema_version')
  return new Map(rows.map((row) => [row.name, row.hash]))
}

async function applyNumbered(client: pg.ClientBase, applied: Applied): Promise<string[]> {
  const files = await readSql('migrations')
  const known = new Set(files.map((file) => file.name))
  const later = [...applied.keys()].filter((name) => name.startsWith('migrations/') && !known.has(name))
  if (later.length > 0) {
    throw new Error(
      `The database is of a later version (${later.join(', ')}). Start that version, or restore a backup.`,
    )
  }
  const done: string[] = []
  for (const file of files) {
    const hash = applied.get(file.name)
    if (hash === file.hash) continue
    if (hash) throw new Error(`${file.name} was edited after it was applied. Put it back and add a new file instead.`)
    await apply(client, file)
    done.push(file.name)
  }
  return done
}

async function applyReplaceable(client: pg.ClientBase, applied: Applied): Promise<string[]> {
  const files = [...(await readSql('functions')), ...(await readSql('views'))]
  const changed = files.filter((file) => applied.get(file.name) !== file.hash)
  // Functions may name each other in any order; their bodies are checked when they run, in tests.
  await client.query('set local check_function_bodies = off')
  for (const file of changed) await apply(client, file)
  return changed.map((file) => file.name)
}

async function apply(client: pg.ClientBase, file: SqlFile): Promise<void> {
  try {
    await client.query(file.text)
  } catch (cause) {
    throw new Error(`${file.name} failed: ${(cause as Error).message}`, { cause })
  }
  await note(client, file)
}

async function note(client: pg.ClientBase, file: SqlFile): Promise<void> {
  await client.query(
    `insert into schema_version (name, hash) values ($1, $2)
     on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
    [file.name, file.hash],
  )
}

interface SqlFile {
  readonly name: string
  readonly text: string
  readonly hash: string
}

async function readSql(folder: string): Promise<SqlFile[]> {
  const dir = new URL(`./${folder}/`, import.meta.url)
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, dir), 'utf8')
      return { name: `${folder}/${name}`, text, hash: createHash('sha256').update(text).digest('hex') }
    }),
  )
}
