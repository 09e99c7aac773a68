import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../simulate/random.ts'
import type { Load } from './load/drive-load.ts'
import type { LogKind } from './log-under-test.ts'
import type { Account } from './oracle/evidence.ts'
import type { ProgressWatch } from './progress-watch.ts'
import type { SystemUnderTest } from './system.ts'

/** What a fault works on: the system, the load on it, and the account of what it does on purpose. */
export interface Ground {
  readonly system: SystemUnderTest
  readonly load: Load
  readonly account: Account
  readonly watch: ProgressWatch
}

/** A fault: one file of `faults/` or `positions/`. */
export interface Fault {
  /** What happens and what must survive, in a sentence. */
  readonly description: string
  /** The log it needs; absent: any. */
  readonly needs?: LogKind
  /** It fills a disk: Postgres and the log must lie on small ones (`SystemOptions.smallDisks`). */
  readonly needsSmallDisks?: true
  /** Does the harm; resolves at its end. What the system does about it afterwards is its recovery. @throws Error when it did not answer as it must. */
  inject(ground: Ground, random: Random): Promise<void>
}

/** Waits for a condition that faults of the infrastructure may hide for a while. @throws Error saying what did not come. */
export async function until(what: string, withinMs: number, met: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + withinMs; Date.now() < giveUpAt; await sleep(50)) {
    if (await met().catch(() => false)) return
  }
  throw new Error(`${what} did not come within ${withinMs / 1_000} s`)
}
