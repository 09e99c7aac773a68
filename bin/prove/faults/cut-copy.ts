import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const cutCopy: Fault = {
  description: 'Connections of the workers break after some thousand bytes, in the middle of COPY.',
  inject,
}

const forMs = 4_000

async function inject({ system }: Ground, random: Random): Promise<void> {
  const { proxy } = system
  const copyData = 0x64
  proxy.rule = (link, way, bytes) => {
    // A chunk that begins with CopyData, or follows one, is a COPY under way.
    const cut = way === 'to server' && bytes.includes(copyData) && bytes.length > 2_000 && random.chance(0.3)
    link.pass(way, cut ? bytes.subarray(0, random.whole(1, bytes.length - 1)) : bytes)
    if (cut) setTimeout(() => link.cut(), 5)
  }
  await sleep(forMs)
  proxy.rule = undefined
}
