import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const killPostgres: Fault = {
  description:
    'Postgres and all its backends are killed: rows and offset of the last moments are lost together, and read again.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  await system.postgres.kill()
  await sleep(random.whole(100, 2_000))
  await system.postgres.start()
}
