import type { Random } from '../../simulate/random.ts'
import type { Ground } from '../ground.ts'

export const description = 'A worker is killed at a random moment of its work; another or its successor goes on.'

export async function inject({ system }: Ground, random: Random): Promise<void> {
  random.pick(system.workers).kill('SIGKILL')
}
