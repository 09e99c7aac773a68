import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const freezeWorker: Fault = {
  description: 'A worker freezes for longer than its lease and wakes up believing it still owns its partitions.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  const worker = random.pick(system.workers)
  worker.kill('SIGSTOP')
  await sleep(random.whole(6_000, 8_000))
  worker.kill('SIGCONT')
}
