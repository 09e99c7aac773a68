import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const killEverything: Fault = {
  description: 'Gateways, workers, Postgres and the broker are killed at the same moment, as a power button would.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  for (const one of [...system.gateways, ...system.workers]) one.kill('SIGKILL')
  await Promise.all([system.postgres.kill(), system.log.broker?.kill('SIGKILL')])
  await sleep(random.whole(100, 1_000))
  await Promise.all([system.postgres.start(), system.log.broker?.restart()])
}
