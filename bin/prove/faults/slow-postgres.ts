import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Ground } from '../ground.ts'

export const slowPostgres: Fault = {
  description: 'Everything between workers and Postgres takes 150 ms longer each way.',
  inject,
}

const forMs = 6_000
const delayMs = 150

async function inject({ system }: Ground): Promise<void> {
  // Timers of one length run in the order they were set, so bytes stay in order.
  system.proxy.rule = (link, way, bytes) => void setTimeout(() => link.pass(way, bytes), delayMs)
  await sleep(forMs)
  // Bytes still on their way would be overtaken by those that come at once.
  system.proxy.cutAll()
  system.proxy.rule = undefined
}
