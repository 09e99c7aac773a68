import type { Env } from '../../runtime/env.ts'
import { createLogger } from '../../runtime/logger.ts'
import { type Database, openDatabase } from '../../sql/database.ts'
import { migrate } from '../../sql/migrate.ts'
import { freePorts } from './free-ports.ts'
import { type LogKind, type LogUnderTest, openLogUnderTest } from './log-under-test.ts'
import { makePlace, type SmallDisks } from './place.ts'
import { type PostgresUnderTest, startPostgres } from './postgres-under-test.ts'
import { type Processes, startProcesses } from './processes.ts'
import { type NetworkProxy, startProxy } from './proxy.ts'
import { makeTenant, type Tenant } from './tenants.ts'

/** A UserFlow of real processes, on ports and in a folder of its own, each part of which can be harmed. */
export interface SystemUnderTest extends Processes, AsyncDisposable {
  readonly folder: string
  readonly log: LogUnderTest
  readonly postgres: PostgresUnderTest
  /** Straight to Postgres, as its superuser. */
  readonly database: Database
  /** Stands between the workers and Postgres. */
  readonly proxy: NetworkProxy
  readonly tenants: readonly Tenant[]
  /** Where log and Postgres lie on disks that can be filled. */
  readonly disks: SmallDisks | undefined
}

/** How to start one. `env`: variables handed on to the processes, such as PATH. `prepare`: last changes to the database. */
export interface SystemOptions {
  readonly log: LogKind
  readonly env: Env
  /** A Kafka broker that runs already, for faults that leave it alone; absent: one is started where it is needed. */
  readonly brokers?: string
  /** Puts Postgres and the log on disks that can be filled; see `whyNoSmallDisk`. */
  readonly smallDisks?: boolean
  readonly prepare?: (database: Database) => Promise<void>
}

const partitions = 8
const processesOfAKind = 2
/** The longest question of the oracle: every rollup of two million events, recomputed on a busy machine. */
const judgeWithinMs = 600_000

/** Starts Postgres, log, two gateways and two workers. Whatever fails, everything started is stopped again. */
export async function startSystem(options: SystemOptions): Promise<SystemUnderTest> {
  await using stack = new AsyncDisposableStack()
  const { folder, cluster, disks } = await makePlace(
    { log: options.log, smallDisks: options.smallDisks ?? false },
    stack,
  )
  const logger = createLogger('prove', 'silent')
  const [postgresPort = 0, ...ports] = await freePorts(1 + 2 * processesOfAKind)
  const postgres = stack.use(await startPostgres({ dir: cluster, port: postgresPort, logger }))
  const database = stack.use(
    openDatabase({
      url: postgres.url,
      maxConnections: 4,
      queryTimeoutMs: judgeWithinMs,
      // The oracle sorts and joins millions of rows.
      session: { work_mem: '128MB' },
      applicationName: 'prove',
      logger,
    }),
  )
  await migrate(database)
  await database.query('select ensure_event_partitions(13, 2)')
  await options.prepare?.(database)
  const tenants = [await makeTenant(database, 'One'), await makeTenant(database, 'Two')]
  const proxy = stack.use(await startProxy(postgresPort))
  const log = stack.use(await openLogUnderTest(options.log, { folder, partitions, logger, brokers: options.brokers }))
  const own = { DATA_DIR: folder, LOG_LEVEL: 'info' }
  const gatewayEnv = { ...options.env, ...log.env, ...own, DATABASE_URL: postgres.url }
  const throughProxy = new URL(postgres.url)
  throughProxy.port = String(proxy.port)
  const workerEnv = { ...gatewayEnv, DATABASE_URL: throughProxy.href, WORKER_THREADS: '1' }
  const plan = { folder, logger, gatewayEnv, workerEnv, ports, workers: processesOfAKind }
  const processes = await startProcesses(plan, stack.use(new AsyncDisposableStack()))
  const kept = stack.move()
  return {
    folder,
    log,
    postgres,
    database,
    proxy,
    tenants,
    disks,
    ...processes,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
