import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const postgresDown: Fault = {
  description: 'Postgres is away for 10 to 30 s; gateways go on accepting, workers catch up afterwards.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  await system.postgres.kill()
  await sleep(random.whole(10_000, 30_000))
  await system.postgres.start()
}
