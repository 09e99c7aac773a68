import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'
import type { Link } from '../proxy.ts'

export const loseCommitReply: Fault = {
  description: 'Postgres commits a batch, but its answer never arrives: the worker must not believe either.',
  inject,
}

const forMs = 5_000
/** Longer than a commit takes, so that what is lost is the reply and not the batch. */
const commitsWithinMs = 400

async function inject({ system }: Ground, random: Random): Promise<void> {
  const { proxy } = system
  const deaf = new WeakSet<Link>()
  const bind = Buffer.from('\0apply_batch\0')
  proxy.rule = (link, way, bytes) => {
    if (way === 'to client' && deaf.has(link)) return
    if (way === 'to server' && bytes.includes(bind) && random.chance(0.4)) {
      deaf.add(link)
      setTimeout(() => link.cut(), commitsWithinMs)
    }
    link.pass(way, bytes)
  }
  await sleep(forMs)
  proxy.rule = undefined
}
