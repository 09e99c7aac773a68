import { expect } from 'vitest'
import { faults, positionFaults } from '../../bin/prove/every-fault.ts'
import type { LogKind } from '../../bin/prove/log-under-test.ts'
import { whyNoSmallDisk } from '../../bin/prove/small-disk.ts'
import type { Outcome } from '../../bin/prove/trial.ts'
import { runTrial } from '../../bin/prove/trial.ts'
import { Random } from '../../bin/simulate/random.ts'
import type { Database } from '../../sql/database.ts'
import { kafkaBrokers } from './kafka.ts'

/** How long a test of a fault may take, in ms. Usually 20 s; what does not recover is waited for before it is named. */
export const faultTimeoutMs = 240_000

/** Chance as short as a fault allows: whole numbers are the least. */
class Shortest extends Random {
  override whole(least: number): number {
    return least
  }
}

/** Runs one fault of `npm run prove` on a system of its own, with a modest load. */
export function tryFault(
  name: string,
  on: { readonly log?: LogKind; readonly prepare?: (database: Database) => Promise<void> } = {},
): Promise<Outcome> {
  const fault = { ...faults, ...positionFaults }[name]
  if (!fault) throw new Error(`there is no fault ${name}`)
  const { PATH, HOME } = process.env
  const { log = fault.needs ?? 'embedded', prepare } = on
  return runTrial({
    log,
    seed: name,
    rate: 800,
    env: { PATH, HOME },
    faults: [[name, fault]],
    random: new Shortest(name),
    ...(prepare ? { prepare } : {}),
    // Starting a broker takes longer than most faults do; those that need Kafka kill theirs, or fill its disk.
    ...(fault.needsSmallDisks ? { smallDisks: true } : {}),
    ...(log === 'kafka' && !fault.needs && !fault.needsSmallDisks ? { brokers: kafkaBrokers() } : {}),
  })
}

/** Insists that the system survives a fault: every invariant holds, and there was something to lose. */
export async function expectSurvived(name: string, on: { readonly log?: LogKind } = {}): Promise<void> {
  const { violations, total } = await tryFault(name, on)
  expect(violations).toEqual([])
  expect(total).toMatchObject({ lost: 0, duplicated: 0 })
  expect(total.accepted).toBeGreaterThan(1_000)
}

/**
 * The same for a fault that fills a disk. Where no small disk can be made, which takes root and loop devices, the test holds
 * only that the cause is told, and says so on the terminal.
 */
export async function expectSurvivedFullDisk(name: string, log: LogKind): Promise<void> {
  const why = await whyNoSmallDisk()
  if (why === undefined) return await expectSurvived(name, { log })
  expect(why).toMatch(/^not available here: ./)
  console.warn(`${name} on the ${log} log was not tried: ${why}`)
}
