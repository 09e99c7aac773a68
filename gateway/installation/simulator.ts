import { fork } from 'node:child_process'
import type { Logger } from '../../runtime/logger.ts'

/** How far a run is. */
export interface Simulated {
  /** 0 to 1. */
  readonly share: number
  readonly accepted: number
}

/** A run of made-up traffic to be made. */
export interface Simulation {
  /** A secret key that sends events. */
  readonly key: string
  readonly days: number
  readonly untilMs: number
  /** `host:port` of the gRPC door. */
  readonly grpc: string
  readonly onProgress: (simulated: Simulated) => void
}

/** Makes traffic in a process of its own; false: it did not get through. Ends when the signal says so. */
export type Simulate = (simulation: Simulation, signal: AbortSignal) => Promise<boolean>

/** Runs the module of `npm run simulate`, a path. The key goes by its environment, where no other user of the machine sees it. */
export function createSimulator(module: string, logger: Pick<Logger, 'warn'>): Simulate {
  return ({ key, days, untilMs, grpc, onProgress }, signal) => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const words = ['--days', String(days), '--until', new Date(untilMs).toISOString(), '--grpc', grpc]
    const child = fork(module, words, {
      env: { BOOTSTRAP_SECRET_KEY: key },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning'],
      signal,
      killSignal: 'SIGKILL',
    })
    let complaint = ''
    child.stderr?.on('data', (said: Buffer) => {
      complaint = `${complaint}${said}`.slice(-1_000)
    })
    child.on('message', (message) => onProgress(message as Simulated))
    child.once('error', () => resolve(false))
    child.once('close', (code) => {
      if (code !== 0 && !signal.aborted) logger.warn({ code, complaint }, 'simulated traffic did not get through')
      resolve(code === 0)
    })
    return promise
  }
}

/** How this machine itself reaches a port that listens on `host`. */
export function ownAddress(host: string, port: number): string {
  const own = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return own.includes(':') ? `[${own}]:${port}` : `${own}:${port}`
}
