import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const cutDatabaseConnections: Fault = {
  description:
    'Postgres ends the connections of the workers, in the middle of whatever they do, several times in a row.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  for (let times = random.whole(3, 6); times > 0; times--) {
    await system.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name in ('userflow worker', 'userflow write session')`,
    )
    await sleep(random.whole(50, 700))
  }
}
