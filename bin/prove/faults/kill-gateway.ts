import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const killGateway: Fault = {
  description: 'A gateway is killed with batches in its hands; senders send again what was not answered.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  random.pick(system.gateways).kill('SIGKILL')
}
