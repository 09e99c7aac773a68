import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const brokerDown: Fault = {
  description: 'The broker is away for 10 to 30 s; gateways answer RETRY, and everything goes on by itself.',
  needs: 'kafka',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  await system.log.broker?.kill('SIGTERM')
  await sleep(random.whole(10_000, 30_000))
  await system.log.broker?.restart()
}
