import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import { type Fault, type Ground, until } from '../ground.ts'

export const diskFullOfPostgres: Fault = {
  description:
    'The disk of Postgres is full for some seconds, to the last block: nothing is stored, and everything when there is room again.',
  needsSmallDisks: true,
  inject,
}

/** Postgres goes on for a while in pages and log files that it has already. */
const noticedWithinMs = 40_000
const behindMs = 2_000
const backWithinMs = 60_000

async function inject({ system, watch }: Ground, random: Random): Promise<void> {
  if (!system.disks) throw new Error('Postgres is not on a small disk')
  {
    await using _full = await system.disks.postgres.fill()
    await until('Postgres that cannot store any more', noticedWithinMs, async () => {
      return Date.now() - watch.storedAsOfMs > behindMs
    })
    await sleep(random.whole(3_000, 8_000))
  }
  // It may have ended for want of space: then a supervisor starts it, and fails as long as it must.
  await until('Postgres with room again', backWithinMs, async () => {
    await system.postgres.start()
    await system.database.query('select 1')
    return true
  })
}
