import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from '../../runtime/env.ts'
import { createLogger, type Logger } from '../../runtime/logger.ts'
import { type Database, openDatabase } from '../../sql/database.ts'
import { startEmbeddedPostgres } from '../../sql/embedded/server.ts'
import { migrate } from '../../sql/migrate.ts'
import { installKeys } from '../start/bootstrap.ts'
import { supervise } from '../start/supervise.ts'

/** A process that said it is ready. `stop` throws if it did not live through the measure. */
export interface Part {
  readonly pid: number
  readonly ready: Readonly<Record<string, unknown>>
  stop(): Promise<void>
}

/** A UserFlow of the benchmark's own, on ports and in folders of its own. */
export interface BenchSystem extends AsyncDisposable {
  readonly database: Database
  readonly databaseUrl: string
  readonly postgresPid: number
  readonly keys: { readonly writeKey: string; readonly secretKey: string }
  startGateway(): Promise<Part>
  startWorker(): Promise<Part>
}

// When a row became visible is asked of Postgres itself, for every row.
const settings = { track_commit_timestamp: 'on' }

/** Starts Postgres, with more settings if need be, and prepares it; gateway and worker are started when a measure needs them. */
export async function startBenchSystem(env: Env, more: Readonly<Record<string, string>> = {}): Promise<BenchSystem> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'userflow-bench-'))
  // Readable by Postgres's own user, or a root's cluster would be put elsewhere and left behind.
  await chmod(folder, 0o755)
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'log'))
  const logger = createLogger('bench', 'error')
  const dir = join(folder, 'postgres')
  const postgres = stack.use(await startEmbeddedPostgres({ dir, port: 0, logger, settings: { ...settings, ...more } }))
  const database = stack.use(
    openDatabase({ url: postgres.url, maxConnections: 4, queryTimeoutMs: 120_000, applicationName: 'bench', logger }),
  )
  await migrate(database)
  const keys = { writeKey: randomBytes(24).toString('base64url'), secretKey: randomBytes(24).toString('base64url') }
  await installKeys(database, keys)
  await database.query('select ensure_event_partitions(13, 2)')
  const own = {
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: folder,
    DATABASE_URL: postgres.url,
  }
  const topic = `userflow.bench.${Date.now()}`
  const start = (module: string): Promise<Part> => startPart(module, { ...env, KAFKA_TOPIC: topic, ...own }, logger)
  const kept = stack.move()
  return {
    database,
    databaseUrl: postgres.url,
    postgresPid: postgres.pid,
    keys,
    startGateway: () => start('../../gateway/main.ts'),
    startWorker: () => start('../../workers/main.ts'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const stopWithinMs = 30_000

async function startPart(module: string, env: Env, logger: Logger): Promise<Part> {
  // What it says goes where the measure's own words go: its output may be JSON.
  const options = {
    name: module,
    module: new URL(module, import.meta.url),
    env,
    logger,
    stopWithinMs,
    output: { descriptor: 2 },
  }
  const child = supervise(options)
  const ready = await child.ready.catch(async (error: unknown) => {
    await child[Symbol.asyncDispose]()
    throw error
  })
  return {
    pid: child.pid!,
    ready,
    async stop() {
      await child[Symbol.asyncDispose]()
      if (child.timesReady > 1) throw new Error(`${module} ended while it was measured and was started again`)
    },
  }
}
