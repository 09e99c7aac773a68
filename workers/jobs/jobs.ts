import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../runtime/logger.ts'
import type { Database } from '../../sql/database.ts'

/** Something to be done now and then. Several workers may do it at the same time. */
export interface Job {
  readonly name: string
  /** Time from one run to the next, in ms. */
  readonly everyMs: number
  /** Says nothing while all is well: for jobs that come often. */
  readonly quiet?: boolean
  /** Resolves with what it did, for the log. One that takes long ends early when the signal fires. */
  run(db: Database, signal?: AbortSignal): Promise<Readonly<Record<string, number>>>
}

/**
 * Runs jobs until disposed: each once soon, then at its interval, up to a tenth later at random so that workers spread.
 * A job that fails is logged and comes again at its next turn.
 */
export function startJobs(jobs: readonly Job[], db: Database, logger: Logger): AsyncDisposable {
  const stopping = new AbortController()
  const loops = jobs.map((job) => repeat(job, { db, logger, signal: stopping.signal }))
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

async function repeat(job: Job, on: { db: Database; logger: Logger; signal: AbortSignal }): Promise<void> {
  const { db, logger, signal } = on
  let waitMs = Math.random() * Math.min(1_000, job.everyMs)
  while (!signal.aborted) {
    await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      const did = await job.run(db, signal)
      logger[job.quiet ? 'debug' : 'info']({ job: job.name, ...did }, 'job done')
    } catch (error) {
      logger.error({ err: error, job: job.name }, 'a job failed')
    }
    waitMs = job.everyMs * (1 + Math.random() / 10)
  }
}
