import type { EventLog } from '../../eventlog/eventlog.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Database } from '../../sql/database.ts'
import { inTime } from '../in-time.ts'

/** Whether this gateway should get requests, and what is wrong. */
export interface Readiness {
  /** Ready, and one line for each part. */
  state(): { ready: boolean; parts: Readonly<Record<string, string>> }
  /** Known for 5 s to be down, by use or by probe: requests are refused at once instead of after their deadline. */
  logIsDown(): boolean
  /** Called on each change, and once at the start. */
  onChange(listener: (ready: boolean) => void): void
  /** The process is ending: not ready from now on. */
  drain(): void
  /** Ends probing. */
  stop(): void
}

const everyMs = 2_000
const mostProbeMs = 4_000
/** A broker that elects a new leader is back within this; a balancer should not react to it. */
const logGraceMs = 5_000
/** As long as keys found before may still be used, a gateway without Postgres takes events. */
const storeGraceMs = 10 * 60_000

/** What the probe of one part found last. */
interface Probe {
  readonly part: string
  failingSinceMs: number | undefined
  everWorked: boolean
  cause: string
}

/** Probes log and Postgres every two seconds, so that both readiness and its return need no traffic. */
export function createReadiness(deps: { log: EventLog; db: Database; logger: Logger }): Readiness {
  const { log, db, logger } = deps
  const probes = { log: newProbe('log'), store: newProbe('store') }
  const listeners: ((ready: boolean) => void)[] = []
  let draining = false
  let told: boolean | undefined
  let stopped = false

  const logDownSinceMs = (): number | undefined => {
    const health = log.health()
    if (!health.up) return Math.min(health.sinceMs, probes.log.failingSinceMs ?? health.sinceMs)
    return probes.log.failingSinceMs
  }
  const state = (): ReturnType<Readiness['state']> => {
    const health = log.health()
    const parts = {
      log: describe(logDownSinceMs(), health.up ? probes.log.cause : health.cause),
      store: describe(probes.store.failingSinceMs, probes.store.cause),
      ...(draining ? { gateway: 'stopping' } : {}),
    }
    const works = isWithin(logDownSinceMs(), logGraceMs) && isWithin(probes.store.failingSinceMs, storeGraceMs)
    return { ready: !draining && works && probes.log.everWorked && probes.store.everWorked, parts }
  }
  const tell = (): void => {
    const { ready, parts } = state()
    if (ready === told) return
    if (told !== undefined) logger[ready ? 'info' : 'warn']({ ready, ...parts }, 'readiness changed')
    told = ready
    for (const listener of listeners) listener(ready)
  }
  const turn = async (): Promise<void> => {
    await Promise.all([
      probe(probes.log, () => log.watermarks(), logger),
      probe(probes.store, () => db.query('select 1'), logger),
    ])
    if (stopped) return
    tell()
    timer = setTimeout(() => void turn(), state().ready ? everyMs : everyMs / 4)
  }
  let timer = setTimeout(() => void turn(), 0)
  return {
    state,
    logIsDown: () => !isWithin(logDownSinceMs(), logGraceMs),
    onChange: (listener) => {
      listeners.push(listener)
      listener(state().ready)
    },
    drain: () => {
      draining = true
      tell()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const newProbe = (part: string): Probe => ({
  part,
  failingSinceMs: undefined,
  everWorked: false,
  cause: 'not asked yet',
})

/** Runs one probe; it counts as failed after `mostProbeMs`, whatever becomes of it later. */
async function probe(one: Probe, ask: () => Promise<unknown>, logger: Logger): Promise<void> {
  const { part } = one
  try {
    await inTime(mostProbeMs, ask())
    if (one.failingSinceMs !== undefined) logger.info({ part }, 'answers again')
    one.failingSinceMs = undefined
    one.everWorked = true
  } catch (error) {
    if (one.failingSinceMs === undefined) logger.warn({ part, err: error }, 'does not answer')
    one.failingSinceMs ??= Date.now()
    one.cause = error instanceof Error ? error.message : String(error)
  }
}

const isWithin = (sinceMs: number | undefined, graceMs: number): boolean =>
  sinceMs === undefined || Date.now() - sinceMs < graceMs

const describe = (sinceMs: number | undefined, cause: string): string =>
  sinceMs === undefined ? 'ok' : `down since ${new Date(sinceMs).toISOString()}: ${cause}`
