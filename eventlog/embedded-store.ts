import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { LogRecord, NewRecord, Watermarks } from './eventlog.ts'

const schema = `
  create table if not exists meta (name text primary key, value text not null) strict;
  create table if not exists bounds (
    partition integer primary key, low integer not null default 0, next integer not null default 0
  ) strict;
  create table if not exists records (
    partition integer not null, "offset" integer not null, key blob not null, value blob not null,
    primary key (partition, "offset")
  ) strict, without rowid;
`

/** The tables of the embedded log. Everything is synchronous; another process may use the same file. */
export interface EmbeddedStore {
  /** Writes them in one transaction that is on the disk when this returns; answers the first offset of each. */
  append(writes: readonly { partition: number; records: readonly NewRecord[] }[]): readonly number[]
  /** Bounds of every partition in order. */
  bounds(): readonly Watermarks[]
  /** Records from this offset on, ascending, below `to`, at most so many and (but for the first) so many bytes. */
  read(range: { partition: number; from: number; to: number }): readonly LogRecord[]
  /** Deletes a bounded number of records below the offset, and says whether some are left. */
  trim(partition: number, below: number): boolean
  /** Throws if the file cannot be written. */
  probe(): void
  close(): void
}

const chunkRecords = 5_000
const chunkBytes = 4 * 1024 * 1024
/** How long a statement waits for the other process's transaction before it throws; the event loop stands still meanwhile. */
const busyMs = 50

/** Opens or creates the file. @throws if it belongs to another topic or has another number of partitions. */
export function openStore(options: { path: string; topic: string; partitions: number }): EmbeddedStore {
  mkdirSync(dirname(options.path), { recursive: true })
  const database = new DatabaseSync(options.path, { timeout: 5_000 })
  try {
    // FULL: every commit is synced before it is acknowledged, as the port promises.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 67108864')
    transaction(database, () => {
      database.exec(schema)
      claim(database, options)
    })
    database.exec(`pragma busy_timeout = ${busyMs}`)
  } catch (error) {
    database.close()
    throw error
  }
  return { ...writing(database), ...reading(database), close: () => database.close() }
}

/** Stores topic and number of partitions the first time, and holds later openers to them. */
function claim(database: DatabaseSync, options: { path: string; topic: string; partitions: number }): void {
  const remember = database.prepare('insert or ignore into meta (name, value) values (?, ?)')
  remember.run('topic', options.topic)
  remember.run('partitions', String(options.partitions))
  const rows = database.prepare('select name, value from meta').all()
  const stored = Object.fromEntries(rows.map((row) => [row.name, row.value]))
  if (stored.topic !== options.topic) {
    throw new Error(
      `${options.path} holds the topic "${stored.topic}", not "${options.topic}": give each its own file.`,
    )
  }
  if (Number(stored.partitions) !== options.partitions) {
    throw new Error(
      `The topic "${options.topic}" in ${options.path} has ${stored.partitions} partitions, but ${options.partitions} ` +
        `are configured. Sessions would move between partitions: configure ${stored.partitions}, or use a new topic.`,
    )
  }
  const create = database.prepare('insert or ignore into bounds (partition) values (?)')
  for (let partition = 0; partition < options.partitions; partition++) create.run(partition)
}

/** The statements that change something. Offsets come from `bounds`, so none is used again after a trim. */
function writing(database: DatabaseSync): Pick<EmbeddedStore, 'append' | 'trim' | 'probe'> {
  const insert = database.prepare('insert into records (partition, "offset", key, value) values (?, ?, ?, ?)')
  const advance = database.prepare('update bounds set next = next + ? where partition = ? returning next')
  const raiseLow = database.prepare('update bounds set low = max(low, min(?, next)) where partition = ? returning low')
  const remove = database.prepare(
    `delete from records where partition = ?1 and "offset" < ?2 and "offset" in
       (select "offset" from records where partition = ?1 and "offset" < ?2 order by "offset" limit ${chunkRecords})`,
  )
  const touch = database.prepare("update meta set value = value where name = 'topic'")
  return {
    append: (writes) =>
      transaction(database, () =>
        writes.map(({ partition, records }) => {
          const first = Number(advance.get(records.length, partition)?.next) - records.length
          for (let index = 0; index < records.length; index++) {
            const { key, value } = records[index]!
            insert.run(partition, first + index, key, value)
          }
          return first
        }),
      ),
    trim: (partition, below) =>
      transaction(database, () => {
        const low = Number(raiseLow.get(below, partition)?.low)
        return Number(remove.run(partition, Math.min(below, low)).changes) === chunkRecords
      }),
    probe: () => void transaction(database, () => touch.run()),
  }
}

/** The statements that only look. Each is short: a long read would keep the write-ahead log from being folded in. */
function reading(database: DatabaseSync): Pick<EmbeddedStore, 'bounds' | 'read'> {
  const bounds = database.prepare('select partition, low, next from bounds order by partition')
  const from = database.prepare(
    `select "offset", key, value from records
      where partition = ? and "offset" >= ? and "offset" < ? order by "offset" limit ${chunkRecords}`,
  )
  return {
    bounds: () =>
      bounds.all().map((row) => ({ partition: Number(row.partition), low: Number(row.low), high: Number(row.next) })),
    read({ partition, from: first, to }) {
      const records: LogRecord[] = []
      let bytes = 0
      for (const row of from.iterate(partition, first, to)) {
        const record = { offset: row.offset as number, key: row.key as Uint8Array, value: row.value as Uint8Array }
        bytes += record.key.length + record.value.length
        if (records.length > 0 && bytes > chunkBytes) break
        records.push(record)
      }
      return records
    },
  }
}

/** Runs the work in one transaction that takes the write lock at once: taking it later could fail half-way. */
function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

/** Whether the other process holds the file's lock at this moment: it passes by itself. The code above the low byte tells why. */
export const isBusy = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 5
