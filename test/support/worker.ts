import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EmbeddedLog, openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createRegistry, type Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { createWorkerFigures } from '../../workers/figures.ts'
import { createThreads, type Threads } from '../../workers/threads/pool.ts'
import { startWorkers } from '../../workers/workers.ts'
import { type LoggedEvent, logRecord } from './log-events.ts'
import { freshDatabase, testDatabase } from './postgres.ts'

/** What the workers of a test say; `TEST_LOG_LEVEL=info` shows it. */
export const workerLogger = createLogger('test worker', process.env.TEST_LOG_LEVEL ?? 'silent')

/** Threads for the workers of a test. */
export const testThreads = (): Threads => createThreads({ threads: 1, geoip: undefined, logger: workerLogger })

/** A worker in this process. `registry` has its figures. */
export interface TestWorker extends AsyncDisposable {
  readonly registry: Registry
}

interface WorkerNeeds {
  readonly url: string
  readonly log: EventLog
  readonly threads: Threads
  readonly queryTimeoutMs?: number
}

/**
 * Starts a worker. When its reader crashes, as the client library's does after a broker's death, it is replaced by a new one,
 * as a supervisor does with the process. Positions beyond the log's end are believed after 100 ms, to keep tests short.
 */
export async function startTestWorker(on: WorkerNeeds): Promise<TestWorker> {
  const registry = createRegistry()
  let stopped = false
  let running = startOnce(on, registry, replace)
  function replace(): void {
    if (stopped) return
    const crashed = running
    running = (async () => {
      await stopAnyway(await crashed)
      return await startAgain()
    })()
  }
  async function startAgain(): Promise<AsyncDisposable> {
    for (let tries = 0; ; tries++) {
      try {
        return await startOnce(on, createRegistry(), replace)
      } catch (error) {
        if (tries === 100 || stopped) throw error
        await sleep(200)
      }
    }
  }
  await running
  return {
    registry,
    async [Symbol.asyncDispose]() {
      stopped = true
      await (await running)[Symbol.asyncDispose]()
    },
  }
}

function startOnce(on: WorkerNeeds, registry: Registry, onCrash: () => void): Promise<AsyncDisposable> {
  return startWorkers(
    {
      databaseUrl: on.url,
      workerId: `test-${randomBytes(4).toString('hex')}`,
      patience: { checks: 3, checkEveryMs: 50 },
      queryTimeoutMs: on.queryTimeoutMs ?? 5_000,
    },
    { ...on, figures: createWorkerFigures(registry), logger: workerLogger, onCrash },
  )
}

/** What a crashed worker could not end, such as a client without a broker, is left to the garbage collector. */
async function stopAnyway(worker: AsyncDisposable): Promise<void> {
  try {
    await worker[Symbol.asyncDispose]()
  } catch (error) {
    workerLogger.warn({ err: error }, 'a crashed worker did not stop cleanly')
  }
}

/** Resolves when the stored offset of every partition is the log's end. @throws after `withinMs` with the positions. */
export async function storedToTheEnd(db: Database, log: EventLog, withinMs = 20_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs
  for (;;) {
    const rows = await db.query<{ partition: number; next_offset: string }>(
      'select partition, next_offset from ingest_partition where topic = $1',
      [log.topic],
    )
    const stored = new Map(rows.map((row) => [row.partition, Number(row.next_offset)]))
    const ends = await log.watermarks()
    if (ends.every(({ partition, high }) => stored.get(partition) === high)) return
    if (Date.now() > giveUpAt) {
      const positions = ends.map(({ partition, high }) => `${partition}: ${stored.get(partition)}/${high}`)
      throw new Error(`not stored to the end within ${withinMs} ms: ${positions.join(', ')}`)
    }
    await sleep(50)
  }
}

/** Appends records and insists that all are written. */
export async function appendAll(log: EventLog, records: Parameters<EventLog['append']>[0]): Promise<void> {
  const answers = await log.append(records, { deadlineMs: 10_000 })
  const unknown = answers.filter(({ status }) => status !== 'written').length
  if (unknown > 0) throw new Error(`${unknown} of ${records.length} records were not written`)
}

/** Appends events to the partitions of their sessions. */
export const appendEvents = (log: EventLog, events: readonly LoggedEvent[]): Promise<void> =>
  appendAll(
    log,
    events.map((event) => logRecord(event, log.partitions)),
  )

/** Everything a worker needs: a database, an embedded log of four partitions. */
export interface WorkerGround extends AsyncDisposable {
  readonly url: string
  readonly db: Database
  readonly log: EmbeddedLog
  readonly threads: Threads
}

/** Makes a database and a log of their own. */
export async function workerGround(threads: Threads): Promise<WorkerGround> {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await freshDatabase())
  const db = stack.use(testDatabase(url, { maxConnections: 8 }))
  const dir = await mkdtemp(join(tmpdir(), 'userflow-log-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const log = stack.use(await openEmbeddedLog({ path: join(dir, 'events.sqlite'), topic: 'events', partitions: 4 }))
  const release = stack.move()
  return { url, db, log, threads, [Symbol.asyncDispose]: () => release.disposeAsync() }
}
