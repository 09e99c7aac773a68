import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Env } from '../../runtime/env.ts'
import type { Logger } from '../../runtime/logger.ts'

/** A child process that is started again whenever it ends, until it is disposed of. */
export interface Supervised extends AsyncDisposable {
  /** The child's first `{ ready: true, … }` message. Rejects if it ends three times before. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>
  /** How often a run of the child has said that it is ready. */
  readonly timesReady: number
  /** Process id of the present run, or of the last one while the next waits for its turn. */
  readonly pid: number | undefined
  /** Sends a signal to the present run. */
  kill(signal: NodeJS.Signals): void
}

interface SupervisedOptions {
  readonly name: string
  /** The module to run, a file URL. */
  readonly module: URL
  readonly env: Env
  readonly logger: Logger
  /** How long the child may take to stop after SIGTERM before it is killed. */
  readonly stopWithinMs: number
  /** Where what the child says goes; absent: our own output. */
  readonly output?: { readonly descriptor: number; readonly path?: string }
}

// A child that keeps crashing is started again after this long, doubled each time up to the most.
const waits = { firstMs: 200, mostMs: 5_000, steadyMs: 10_000 }

/** Starts a child and keeps it running: the worker leaves on purpose when its log client cannot go on. */
export function supervise(options: SupervisedOptions): Supervised {
  const { logger, name } = options
  const ready = Promise.withResolvers<Readonly<Record<string, unknown>>>()
  let timesReady = 0
  let stopping = false
  let child: ChildProcess
  const run = async (): Promise<void> => {
    let waitMs = waits.firstMs
    let early = 0
    while (!stopping) {
      const startedMs = Date.now()
      child = start(options)
      child.on('message', (message: Record<string, unknown>) => {
        if (!message.ready) return
        timesReady += 1
        ready.resolve(message)
      })
      const { promise: ended, resolve } = Promise.withResolvers<string>()
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
      const why = await ended
      if (stopping) return
      const steady = Date.now() - startedMs > waits.steadyMs
      waitMs = steady ? waits.firstMs : Math.min(waits.mostMs, waitMs * 2)
      early = steady ? 0 : early + 1
      if (early >= 3)
        ready.reject(new Error(`The ${name} ended ${early} times in a row, last with ${why}; ${lastWords(options)}`))
      logger.warn({ why, againInMs: waitMs }, `the ${name} ended; starting it again`)
      await sleep(waitMs)
    }
  }
  const done = run()
  return {
    ready: ready.promise,
    get timesReady() {
      return timesReady
    },
    get pid() {
      return child.pid
    },
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      stopping = true
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), options.stopWithinMs)
      await done
      clearTimeout(kill)
    },
  }
}

function start(options: SupervisedOptions): ChildProcess {
  const output = options.output?.descriptor ?? 'inherit'
  return fork(options.module, {
    env: options.env as NodeJS.ProcessEnv,
    stdio: ['ignore', output, output, 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // A group of its own: Ctrl-C reaches the parent alone, which stops gateway, worker and Postgres in that order.
    detached: true,
  })
}

/** What a child of the terminal said stands there; a file may be gone before anybody reads it. */
function lastWords({ output }: SupervisedOptions): string {
  if (!output?.path) return 'see its words above.'
  return `its last words:\n${readFileSync(output.path, 'utf8').slice(-1_500)}`
}
