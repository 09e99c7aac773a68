import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Ground } from '../ground.ts'

export const halfOpen: Fault = {
  description: 'The connections of the workers to Postgres stay open but carry nothing any more; new ones work.',
  inject,
}

const forMs = 7_000

async function inject({ system }: Ground): Promise<void> {
  const { proxy } = system
  const silent = new Set(proxy.links)
  proxy.rule = (link, way, bytes) => {
    if (!silent.has(link)) link.pass(way, bytes)
  }
  await sleep(forMs)
  // What was swallowed cannot be made good: those connections may not come to life again.
  for (const link of silent) link.cut()
  proxy.rule = undefined
}
