import type { Supervised } from '../../start/supervise.ts'
import { type Fault, type Ground, until } from '../ground.ts'

export const rollingRestart: Fault = {
  description:
    'Gateways and workers are stopped with SIGTERM and started again, one after the other, as a roll-out does.',
  inject,
}

async function inject({ system }: Ground): Promise<void> {
  for (const one of [...system.gateways, ...system.workers]) await restart(one)
}

async function restart(one: Supervised): Promise<void> {
  const before = one.timesReady
  one.kill('SIGTERM')
  await until('a process restarted with SIGTERM', 45_000, async () => one.timesReady > before)
}
