import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const killBroker: Fault = {
  description: 'The broker is killed and started again on its disk; no acknowledged record is missing.',
  needs: 'kafka',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  await system.log.broker?.kill('SIGKILL')
  await sleep(random.whole(100, 2_000))
  await system.log.broker?.restart()
}
