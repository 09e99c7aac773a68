import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const killWorker: Fault = {
  description: 'A worker is killed at a random moment of its work; another or its successor goes on.',
  inject,
}

async function inject({ system }: Ground, random: Random): Promise<void> {
  random.pick(system.workers).kill('SIGKILL')
}
