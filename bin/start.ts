import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError, processEnv } from '../runtime/env.ts'
import { stopOnSignal } from '../runtime/lifecycle.ts'
import { createLogger } from '../runtime/logger.ts'
import { openDatabase } from '../sql/database.ts'
import { startEmbeddedPostgres } from '../sql/embedded/server.ts'
import { migrate } from '../sql/migrate.ts'
import { banner } from './start/banner.ts'
import { bootstrap } from './start/bootstrap.ts'
import { buildConsole } from './start/build-console.ts'
import { readStartConfig, type StartConfig } from './start/config.ts'
import { installAdmin } from './start/first-admin.ts'
import { lockDataDir } from './start/lock.ts'
import { supervise } from './start/supervise.ts'

const logger = createLogger('start')

/** Starts Postgres (unless DATABASE_URL names one), gateway and worker, and says how to send and read. */
async function start(config: StartConfig): Promise<void> {
  const startedMs = performance.now()
  const stack = new AsyncDisposableStack()
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= stack.disposeAsync())
  stopOnSignal({ stop, withinMs: 60_000, logger })
  try {
    stack.use(await lockDataDir(config.dataDir))
    await mkdir(join(config.dataDir, 'log'), { recursive: true })
    const databaseUrl = config.databaseUrl ?? (await startPostgres(stack, config, stop))
    const { keys, admin } = await prepare(config, databaseUrl)
    const env = { ...processEnv(), DATABASE_URL: databaseUrl, DATA_DIR: config.dataDir }
    const worker = stack.use(child('worker', { ...env, METRICS_PORT: String(config.workerMetricsPort) }))
    const simulator = fileURLToPath(new URL('simulate.ts', import.meta.url))
    const gateway = stack.use(child('gateway', { SIMULATOR_MODULE: simulator, ...env }))
    const [{ http, grpc, metrics }] = await Promise.all([gateway.ready, worker.ready])
    stack.use(buildConsole(logger))
    process.stdout.write(
      banner({
        httpPort: Number(http),
        grpcPort: Number(grpc),
        metricsPort: Number(metrics),
        databaseUrl,
        log: config.onKafka ? 'Kafka' : `embedded, ${join(config.dataDir, 'log')}`,
        keys,
        admin,
        tookMs: performance.now() - startedMs,
      }),
    )
  } catch (error) {
    await stop()
    throw error
  }
}

async function startPostgres(stack: AsyncDisposableStack, config: StartConfig, stop: () => Promise<void>) {
  const postgres = await startEmbeddedPostgres({
    dir: join(config.dataDir, 'postgres'),
    port: config.postgresPort,
    logger: createLogger('postgres'),
  })
  let disposing = false
  stack.defer(() => {
    disposing = true
    return postgres[Symbol.asyncDispose]()
  })
  void postgres.ended.then(async () => {
    if (disposing) return
    logger.error('Postgres ended by itself; stopping. Start again: nothing accepted is lost.')
    await stop().catch(() => undefined)
    process.exit(1)
  })
  return postgres.url
}

async function prepare(config: StartConfig, url: string) {
  await using database = openDatabase({
    url,
    maxConnections: 1,
    queryTimeoutMs: 120_000,
    applicationName: 'userflow-start',
    logger,
  })
  await migrate(database)
  const keys = await bootstrap(database, { ...config, file: join(config.dataDir, 'keys.json') })
  return { keys, admin: await installAdmin(database, config) }
}

function child(name: 'gateway' | 'worker', env: Readonly<Record<string, string | undefined>>) {
  const file = name === 'gateway' ? '../gateway/main.ts' : '../workers/main.ts'
  return supervise({ name, module: new URL(file, import.meta.url), env, logger, stopWithinMs: 28_000 })
}

try {
  await start(readStartConfig(processEnv()))
} catch (error) {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`)
  else logger.error({ err: error }, 'could not start')
  process.exit(1)
}
