import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Database } from '../../sql/database.ts'

/** What everything is compared with: the same rows, copied by one connection into a table that is the same in all but its name. */
export interface RawCopy {
  readonly rows: number
  /** Copies all rows into the emptied table; rows a second. */
  run(): Promise<number>
}

const chunkRows = 5_000

/** Takes up to `rows` stored rows as COPY data, in chunks as large as the worker's batches. */
export async function prepareRawCopy(database: Database, rows: number): Promise<RawCopy> {
  await database.query('drop table if exists bench_copy')
  await database.query('create table bench_copy (like stored_events including all)')
  const chunks = await database.withClient(async (client) => {
    await client.query(
      'create temp table bench_rows as select e.*, row_number() over () as nth from stored_events e limit $1',
      [rows],
    )
    const columns = await client.query<{ name: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as name from pg_attribute
       where attrelid = 'stored_events'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    )
    const list = columns.rows[0]!.name
    const made: Buffer[] = []
    for (let first = 0; first < rows; first += chunkRows) {
      const range = `nth > ${first} and nth <= ${first + chunkRows}`
      const stream = client.query(
        copyTo(`copy (select ${list} from bench_rows where ${range}) to stdout (format binary)`),
      )
      made.push(await bytesOf(stream))
    }
    await client.query('drop table bench_rows')
    return made
  })
  return { rows, run: () => copyChunks(database, chunks, rows) }
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

const copyChunks = (database: Database, chunks: readonly Buffer[], rows: number): Promise<number> =>
  database.withClient(async (client) => {
    await client.query('truncate bench_copy')
    // As the worker's own sessions do: the log has what a crash would take.
    await client.query('set synchronous_commit = off')
    const startedMs = performance.now()
    for (const chunk of chunks)
      await pipeline(Readable.from([chunk]), client.query(copyFrom('copy bench_copy from stdin (format binary)')))
    const tookMs = performance.now() - startedMs
    await client.query('reset synchronous_commit')
    return (rows / tookMs) * 1000
  })
