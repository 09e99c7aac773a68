import type { EventLog } from '../eventlog/eventlog.ts'
import type { Logger } from '../runtime/logger.ts'
import { openDatabase } from '../sql/database.ts'
import { startConsumer } from './consume/consumer.ts'
import { createIncidents } from './consume/incidents.ts'
import { createLeases } from './consume/leases.ts'
import { defaultPatience, type Patience } from './consume/takeover.ts'
import { createTurns } from './consume/turns.ts'
import type { WorkerFigures } from './figures.ts'
import { type Job, startJobs } from './jobs/jobs.ts'
import { makePartitions } from './jobs/partitions.ts'
import { pruneSalts, pruneVisitorStates } from './jobs/prune.ts'
import { sealEndedDays } from './jobs/seal-days.ts'
import { watchBalance } from './jobs/watch-balance.ts'
import { processBatch } from './pipeline.ts'
import type { Threads } from './threads/pool.ts'
import { openWriteSession } from './write/session.ts'

/** What of the configuration the parts need. */
export interface WorkersOptions {
  readonly databaseUrl: string
  readonly workerId: string
  /** Ends a statement of a batch that takes longer, in ms. */
  readonly queryTimeoutMs?: number
  readonly patience?: Patience
}

/** What a composition root hands in; all of it stays the root's to dispose. */
export interface WorkersDeps {
  readonly log: EventLog
  readonly threads: Threads
  readonly figures: WorkerFigures
  readonly logger: Logger
  /** Jobs of the log's adapter. */
  readonly logJobs?: readonly Job[]
  /** The reader is over: end the process, its supervisor starts a new one. */
  onCrash(error: Error): void
}

/**
 * Five seconds cover a batch of thousands many times over, and a half-open connection is found within them.
 * Longer, and partitions stand still behind a dead connection; shorter, and a busy Postgres looks dead.
 */
const defaultQueryTimeoutMs = 5_000
/** Batches worked on at once: one in a thread, the others in Postgres. */
const batchesAtOnce = 4

/** Starts consumer and jobs. Resolves when the worker is known to the others. @throws if Postgres or the log is down. */
export async function startWorkers(options: WorkersOptions, deps: WorkersDeps): Promise<AsyncDisposable> {
  const { log, logger, figures } = deps
  await using started = new AsyncDisposableStack()
  const queryTimeoutMs = options.queryTimeoutMs ?? defaultQueryTimeoutMs
  const pool = { url: options.databaseUrl, logger, session: { synchronous_commit: 'off' } }
  const db = started.use(
    openDatabase({ ...pool, applicationName: 'userflow worker', maxConnections: 3, queryTimeoutMs: 3_000 }),
  )
  const jobsDb = started.use(
    openDatabase({ ...pool, applicationName: 'userflow jobs', maxConnections: 2, queryTimeoutMs: 60_000 }),
  )
  const jobs = [
    makePartitions,
    pruneVisitorStates,
    pruneSalts,
    sealEndedDays(figures),
    ...watchBalance(figures),
    ...(deps.logJobs ?? []),
  ]
  started.use(startJobs(jobs, jobsDb, logger))
  started.use(
    await startConsumer({
      log,
      db,
      logger,
      figures,
      turns: createTurns(batchesAtOnce),
      workerId: options.workerId,
      leases: createLeases(db, { topic: log.topic, id: options.workerId }),
      patience: options.patience ?? defaultPatience,
      incidents: createIncidents({ db, topic: log.topic, figures, logger }),
      openSession: () =>
        openWriteSession({
          url: options.databaseUrl,
          applicationName: 'userflow write session',
          queryTimeoutMs,
          logger,
        }),
      process: (session, batch) => processBatch(deps.threads, session, batch),
      onCrash: deps.onCrash,
    }),
  )
  return started.move()
}
