import { fork } from 'node:child_process'
import type { Spread } from './make-events.ts'

/** What the generator is to send. */
export interface Job {
  readonly door: 'stream' | 'json'
  readonly grpc: string
  readonly http: string
  readonly key: string
  readonly events: number
  readonly batch: number
  /** Batches without an answer at any time. */
  readonly underWay: number
  readonly spread: Spread
  /** Number of the first event in all the traffic of its spread: the ids and sessions follow from it. */
  readonly first: number
  /** Events a second; absent: as fast as it goes. */
  readonly rate?: number
}

/** What became of it. Times of an accepted batch in ms. */
export interface Generated {
  readonly accepted: number
  /** When the first batch was sent, in ms since 1970: the start of the process is none of the system's work. */
  readonly sentFromMs: number
  readonly acceptP50Ms: number
  readonly acceptP99Ms: number
}

/** Longest a job may take; a slower machine gets a smaller job, not more time. */
const withinMs = 180_000

/** Runs a job in a process of its own. @throws Error when it fails or does not end in time. */
export async function drive(job: Job): Promise<Generated> {
  const child = fork(new URL('./generator.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
  const { promise, resolve, reject } = Promise.withResolvers<Generated>()
  child.once('message', (generated) => resolve(generated as Generated))
  child.once('exit', (code, signal) => reject(new Error(`the load generator ended with ${signal ?? code}`)))
  child.send(job)
  return await promise.finally(() => clearTimeout(timer))
}
