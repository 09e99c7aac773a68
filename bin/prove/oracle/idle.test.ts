import { closeSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRegistry, serveMetrics } from '../../../runtime/metrics.ts'
import { lookAtProcess, type Sample } from '../resources/look.ts'
import { backToIdle } from './idle.ts'

/** Looks at this process itself, as at a gateway. */
async function lookAtOurselves(metricsPort: number): Promise<Sample[]> {
  const gateway = { name: 'gateway-1', role: 'gateway', metricsPort, pid: process.pid } as const
  const sample = await lookAtProcess(gateway as unknown as Parameters<typeof lookAtProcess>[0])
  return sample ? [sample] : []
}

test('descriptors and timers that stay after the load are named, and nothing is when they are gone', async () => {
  await using metrics = await serveMetrics(createRegistry(), { host: '127.0.0.1', port: 0 })
  const look = () => lookAtOurselves(metrics.port)
  const before = await look()
  expect(before[0]?.values).toMatchObject({ descriptors: expect.any(Number), timers: expect.any(Number) })

  const files = Array.from({ length: 20 }, () => openSync('/dev/null', 'r'))
  const timers = Array.from({ length: 20 }, () => setInterval(() => undefined, 60_000))
  const found = await backToIdle(before, look, 0)
  for (const file of files) closeSync(file)
  for (const timer of timers) clearInterval(timer)
  expect(found.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^descriptors of gateway-1: \d+ when idle after the load/),
    expect.stringMatching(/^timers of gateway-1: \d+ when idle after the load/),
  ])

  expect(await backToIdle(before, look, 5_000)).toEqual([])
})

test('a process that took the place of another is compared with its kind, connections with those of their name', async () => {
  const at = { atMs: 0 }
  const before: Sample[] = [
    { ...at, holder: 'worker-1', pid: 1, values: { descriptors: 40 } },
    { ...at, holder: 'userflow worker', values: { connections: 4 } },
  ]
  const now: Sample[] = [
    { ...at, holder: 'worker-3', pid: 9, values: { descriptors: 41 } },
    { ...at, holder: 'userflow worker', values: { connections: 4 } },
    { ...at, holder: 'userflow jobs', values: { connections: 9 } },
  ]
  expect((await backToIdle(before, async () => now, 0)).map(({ message }) => message)).toEqual([
    'connections of userflow jobs: 9 when idle after the load, 3 would do',
  ])
})
