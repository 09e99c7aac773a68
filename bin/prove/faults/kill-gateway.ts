import type { Random } from '../../simulate/random.ts'
import type { Ground } from '../ground.ts'

export const description = 'A gateway is killed with batches in its hands; senders send again what was not answered.'

export async function inject({ system }: Ground, random: Random): Promise<void> {
  random.pick(system.gateways).kill('SIGKILL')
}
