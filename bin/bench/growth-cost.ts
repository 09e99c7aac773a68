import { readFileSync } from 'node:fs'
import { cpuSeconds, ticksPerSecond, treeOf } from './process-cost.ts'
import type { BenchSystem, Part } from './system.ts'

/** What is measured. */
export interface Parts {
  readonly system: BenchSystem
  readonly gateway: Part
  readonly worker: Part
}

/** CPU in seconds. */
export interface Cost {
  readonly gateway: number
  readonly worker: number
  readonly postgres: number
  readonly total: number
}

/** What gateway, worker and Postgres have used so far. */
export function costNow({ system, gateway, worker }: Parts): Cost {
  const cost = {
    gateway: cpuSeconds(gateway.pid),
    worker: cpuSeconds(worker.pid),
    postgres: postgresSeconds(system.postgresPid),
  }
  return { ...cost, total: cost.gateway + cost.worker + cost.postgres }
}

/** What lies between two looks, for a million of so many events. */
export function perMillion(before: Cost, after: Cost, events: number): Cost {
  const of = (part: keyof Cost): number => ((after[part] - before[part]) / events) * 1e6
  return { gateway: of('gateway'), worker: of('worker'), postgres: of('postgres'), total: of('total') }
}

/** Of all processes of Postgres, those included that have ended. */
function postgresSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  const ofEnded = (Number(fields[13]) + Number(fields[14])) / ticksPerSecond
  return treeOf(pid).reduce((sum, one) => sum + cpuSeconds(one), ofEnded)
}
