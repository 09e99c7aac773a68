import { type ChildProcess, fork } from 'node:child_process'
import type { Counts, LanePlan } from './lane.ts'

/** What the load is. */
export interface LoadPlan {
  readonly lanes: readonly LanePlan[]
  readonly seed: string
  /** Events a second over all lanes, resends included; fewer while the system does not take more. */
  readonly rate: number
  /** Share of events that were sent before. */
  readonly resendShare: number
  /** File of the ledger. */
  readonly ledger: string
}

/** What the sender is told. */
export interface Command {
  readonly do: 'pause' | 'resume' | 'resend' | 'stop'
}

/** What it tells. `done`: the command it has carried out. */
export interface Report {
  readonly counts: Counts
  readonly done?: Command['do']
}

/** A load under way, in a process of its own that no fault reaches. */
export interface Load extends AsyncDisposable {
  readonly counts: Readonly<Counts>
  /** Sends nothing more, and waits until each event has its verdict. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Sends thousands of remembered events again, over every gateway at once. */
  resendAll(): Promise<void>
  /** Ends the load after the last verdict. @throws Error if it fails or takes more than three minutes. */
  stop(): Promise<void>
}

const commandWithinMs = 180_000

/** Starts it. */
export function startLoad(plan: LoadPlan): Load {
  const child = fork(new URL('./sender.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // A group of its own: Ctrl-C in a terminal ends the proof in order, and the load with it.
    detached: true,
  })
  let counts: Counts = { sent: 0, resent: 0, accepted: 0, rejected: 0, unknown: 0 }
  child.on('message', (report: Report) => {
    counts = report.counts
  })
  child.send(plan)
  const command = async (what: Command['do']): Promise<void> => {
    const done = doneBy(child, what)
    child.send({ do: what } satisfies Command)
    await done
  }
  return {
    get counts() {
      return counts
    },
    pause: () => command('pause'),
    resume: () => command('resume'),
    resendAll: () => command('resend'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.send({ do: 'stop' } satisfies Command)
      const timer = setTimeout(() => child.kill('SIGKILL'), commandWithinMs)
      const code = await ended
      clearTimeout(timer)
      if (code !== 0) throw new Error(`the load ended with ${String(code)} before every event had its verdict`)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
    },
  }
}

function doneBy(child: ChildProcess, what: Command['do']): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const listen = (report: Report): void => {
    if (report.done === what) resolve()
  }
  const fail = (): void => reject(new Error(`the load ended before it could ${what}`))
  const timer = setTimeout(() => reject(new Error(`the load did not ${what} in time`)), commandWithinMs)
  child.on('message', listen)
  child.once('exit', fail)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('message', listen)
    child.off('exit', fail)
  })
}
