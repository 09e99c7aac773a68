import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../simulate/random.ts'
import { type Counted, countByTime } from './counted.ts'
import { type Fault, type Ground, until } from './ground.ts'
import { startLoad } from './load/drive-load.ts'
import { emptyAccount, loadLedger, type Violation } from './oracle/evidence.ts'
import { backToIdle } from './oracle/idle.ts'
import { judge } from './oracle/judge.ts'
import { ProgressWatch } from './progress-watch.ts'
import { type Course, coursesOf, growing, type Span } from './resources/courses.ts'
import type { Sample } from './resources/look.ts'
import { lookAtAll, ResourceWatch } from './resources/watch.ts'
import { type SystemOptions, type SystemUnderTest, startSystem } from './system.ts'

/** What a trial does. */
export interface TrialPlan extends SystemOptions {
  readonly seed: string
  readonly rate: number
  /** Faults in their order; each begins when the one before is recovered. */
  readonly faults: Iterable<readonly [name: string, fault: Fault]>
  /**
   * The least time from the beginning of one fault to that of the next, before the first and after the last, in ms: a soak,
   * in which what each process holds is watched over its life. Absent: faults follow each other.
   */
  readonly faultEveryMs?: number
  /** No further fault begins once it fires. */
  readonly signal?: AbortSignal
  /** Chance of the faults; absent: from the seed. */
  readonly random?: Random
  /** Told what happens. */
  readonly tell?: (words: string) => void
}

/** A fault that was injected. Times in ms since 1970 and ms. */
export interface Injected {
  readonly fault: string
  readonly fromMs: number
  /** When the next one began, or the load ended. */
  toMs: number
  readonly lastedMs: number
  /** From the fault's end until what had been accepted by then was stored and newly accepted events were stored within a second. */
  readonly recoveryMs: number | undefined
}

/** What came out of a trial. No violations: everything held. */
export interface Outcome {
  readonly injected: readonly (Injected & Counted)[]
  readonly total: Counted
  /** What each process held over time; only after a soak. */
  readonly courses?: readonly Course[]
  readonly violations: readonly Violation[]
}

/** Load without faults before the first one and after the last, in ms. */
const quietMs = 2_000
/** How long the lag may take to return to zero. */
const recoverWithinMs = 60_000

/** Starts a system and a load, injects the faults, and holds what is stored against what was said. */
export async function runTrial(plan: TrialPlan): Promise<Outcome> {
  await using system = await startSystem(plan)
  const ledger = join(system.folder, 'ledger.tsv')
  const idle = await whenIdle(system)
  await using load = startLoad({ lanes: lanesOf(system), seed: plan.seed, rate: plan.rate, resendShare: 0.15, ledger })
  await using watch = new ProgressWatch({ log: system.log.log, database: system.database })
  await using resources = plan.faultEveryMs === undefined ? undefined : new ResourceWatch(system)
  const ground: Ground = { system, load, watch, account: emptyAccount() }
  const violations: Violation[] = []
  const injected = await injectAll(plan, ground, violations)
  await sleep(quietMs)
  await resources?.[Symbol.asyncDispose]()
  await load.stop()
  const last = injected.at(-1)
  if (last) last.toMs = Date.now()
  await watch.caughtUp(Date.now(), recoverWithinMs).catch((error: Error) => {
    violations.push({ invariant: 'I9', message: error.message })
  })
  plan.tell?.('judging')
  const courses = resources && coursesOf(resources.samples, injected.map(disturbed))
  if (courses) violations.push(...growing(courses))
  violations.push(...(await judgeStore(ground, ledger)))
  violations.push(...(await backToIdle(idle, () => lookAtAll(system))))
  const { rows, total } = await countByTime(system.database, injected)
  return { injected: rows, total, ...(courses ? { courses } : {}), violations }
}

/** What everything holds before the load, when each partition has its worker and none is being handed over. */
async function whenIdle(system: SystemUnderTest): Promise<Sample[]> {
  const { log, database } = system
  await until('a worker for each partition', recoverWithinMs, async () => {
    const [held] = await database.query<{ taken: number; sessions: number }>(
      `select (select count(*)::int from ingest_partition where topic = $1 and epoch > 0) as taken,
              (select count(*)::int from pg_stat_activity where application_name = 'userflow write session') as sessions`,
      [log.log.topic],
    )
    return held?.taken === log.log.partitions && held.sessions === log.log.partitions
  })
  return await lookAtAll(system)
}

/** From injection to recovery. */
const disturbed = ({ fromMs, lastedMs, recoveryMs }: Injected): Span => ({
  fromMs,
  toMs: fromMs + lastedMs + (recoveryMs ?? recoverWithinMs),
})

async function judgeStore({ system, account }: Ground, ledger: string): Promise<Violation[]> {
  const { database, log, tenants, gateways, workers } = system
  await loadLedger(database, ledger, account)
  return await judge({
    database,
    log: log.log,
    tenants,
    http: gateways[0]!.http,
    account,
    workers: workers.length,
  })
}

/** Each company sends over each gateway; one more sender gives up soon, so that some events stay of unknown fate. */
function lanesOf({ tenants, gateways }: SystemUnderTest) {
  const patient = tenants.flatMap(({ companyId, key }) =>
    gateways.map(({ grpc: address }) => ({ companyId, key, address, giveUpAfterMs: 80_000 })),
  )
  return [...patient, { ...patient[0]!, giveUpAfterMs: 1_500 }]
}

async function injectAll(plan: TrialPlan, ground: Ground, violations: Violation[]): Promise<Injected[]> {
  const random = plan.random ?? new Random(`${plan.seed}/faults`)
  const injected: Injected[] = []
  await ground.watch.caughtUp(Date.now() + quietMs, recoverWithinMs)
  await nextTurn(plan, Date.now())
  for (const [name, fault] of plan.faults) {
    if (plan.signal?.aborted) break
    plan.tell?.(name)
    const fromMs = Date.now()
    const before = injected.at(-1)
    if (before) before.toMs = fromMs
    await fault.inject(ground, random).catch((error: Error) => {
      violations.push({ invariant: 'I10', message: `${name}: ${error.message}` })
    })
    const endMs = Date.now()
    const recoveryMs = await recovered(ground).catch((error: Error) => {
      violations.push({ invariant: 'I9', message: `after ${name}: ${error.message}` })
      return undefined
    })
    injected.push({ fault: name, fromMs, toMs: Date.now(), lastedMs: endMs - fromMs, recoveryMs })
    await sleep(random.whole(500, quietMs))
    await nextTurn(plan, fromMs)
  }
  return injected
}

/** Waits until the next fault may begin, counted from the last one. */
async function nextTurn({ faultEveryMs = 0, signal }: TrialPlan, sinceMs: number): Promise<void> {
  await sleep(Math.max(0, sinceMs + faultEveryMs - Date.now()), undefined, { signal }).catch(() => undefined)
}

/** Recovered: what is accepted is stored within a second again, and events are accepted. */
async function recovered({ watch, load }: Ground): Promise<number> {
  const endMs = Date.now()
  const { accepted } = load.counts
  while (load.counts.accepted === accepted || watch.storedAsOfMs < Math.max(endMs, Date.now() - 1_000)) {
    if (Date.now() - endMs > recoverWithinMs) await watch.caughtUp(Date.now(), 0)
    if (Date.now() - endMs > 2 * recoverWithinMs) throw new Error('no event was accepted any more')
    await sleep(20)
  }
  return Date.now() - endMs
}
