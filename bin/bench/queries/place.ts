import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createLogger } from '../../../runtime/logger.ts'
import { type Database, openDatabase } from '../../../sql/database.ts'
import { startEmbeddedPostgres } from '../../../sql/embedded/server.ts'
import { migrate } from '../../../sql/migrate.ts'
import { loadTraffic } from '../traffic/load-traffic.ts'
import type { QueriesOptions } from './options.ts'

/** A database to ask. */
export interface Place extends AsyncDisposable {
  readonly url: string
  readonly database: Database
}

const days = 180
const queryTimeoutMs = 600_000

/** Opens the database asked for, or one of its own with traffic in it. */
export async function openPlace(
  options: QueriesOptions,
  tools: { readonly say: (what: string) => void; readonly signal: AbortSignal },
): Promise<Place> {
  await using stack = new AsyncDisposableStack()
  const logger = createLogger('queries', 'error')
  const url = options.database ?? (await startOwn(options.folder, stack))
  const database = stack.use(
    openDatabase({ url, maxConnections: 2, queryTimeoutMs, applicationName: 'queries', logger }),
  )
  if (options.database === undefined) {
    await migrate(database)
    if (!(await hasEvents(database))) await fill({ url, database, options }, { ...tools, logger })
  }
  const all = stack.move()
  return { url, database, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

async function startOwn(folder: string | undefined, stack: AsyncDisposableStack): Promise<string> {
  const logger = createLogger('queries', 'error')
  const dir = folder === undefined ? join(await ownFolder(stack), 'postgres') : resolve(folder)
  if (folder !== undefined) await mkdir(join(dir, '..'), { recursive: true })
  return stack.use(await startEmbeddedPostgres({ dir, port: 0, logger })).url
}

async function ownFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'userflow-queries-'))
  // Readable by Postgres's own user, or a root's cluster would be put elsewhere and left behind.
  await chmod(folder, 0o755)
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function hasEvents(database: Database): Promise<boolean> {
  const [row] = await database.query<{ found: boolean }>('select exists (select from stored_events) as found')
  return row!.found
}

async function fill(
  into: { url: string; database: Database; options: QueriesOptions },
  tools: Parameters<typeof loadTraffic>[2],
): Promise<void> {
  const { url, database, options } = into
  const { companyId, events } = options
  await database.query('select ensure_event_partitions(13, 2)')
  await database.query('insert into company (company_id, name) overriding system value values ($1, $2)', [
    companyId,
    'Shop',
  ])
  await database.query(
    `insert into site (company_id, site_id, name, kind, time_zone)
     select $1, n, 'Site ' || n, 'web', 'Europe/Berlin' from generate_series(1, 3) n`,
    [companyId],
  )
  tools.say(`filling in ${events.toLocaleString('en')} events`)
  await loadTraffic(url, { events, days, untilMs: Date.now(), companyId, siteIds: [1, 2, 3] }, tools)
}
