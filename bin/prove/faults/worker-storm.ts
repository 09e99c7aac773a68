import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const workerStorm: Fault = {
  description: 'Workers are killed, stopped and started every second or two, a third one among them.',
  inject,
}

const forMs = 12_000

async function inject({ system }: Ground, random: Random): Promise<void> {
  const until = Date.now() + forMs
  if (system.workers.length < 3) await system.startWorker()
  while (Date.now() < until) {
    random.pick(system.workers).kill(random.chance(0.6) ? 'SIGKILL' : 'SIGTERM')
    await sleep(random.whole(500, 2_000))
  }
}
