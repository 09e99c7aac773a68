// Must survive: every process of the system killed at once, twice, while events stream in. What was acknowledged is there once.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { verifyRollups } from '../../sql/rollups.ts'
import { kafkaBrokers } from '../support/kafka.ts'
import { testDatabase } from '../support/postgres.ts'
import { freePlace, type RunningSystem, startSystem } from '../support/running-system.ts'

const root = join(import.meta.dirname, '..', '..')

test.each([
  ['the embedded log', () => ({})],
  ['Kafka', () => ({ KAFKA_BROKERS: kafkaBrokers(), KAFKA_TOPIC: `kill.${Date.now()}`, KAFKA_PARTITIONS: '4' })],
])(
  'on %s',
  async (_, log) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'userflow-kill-'))
    await chmod(dataDir, 0o711)
    try {
      const place = await freePlace(dataDir, log())
      let system = await startSystem(place)
      const ledger = join(dataDir, 'acknowledged')
      const sender = simulate(system, ledger)
      for (let kill = 0; kill < 2; kill++) {
        await sleep(3_000)
        await system.killEverything()
        await sleep(500)
        system = await startSystem(place)
      }
      expect(await sender.ended).toBe(0)
      await expectExactlyOnce(system, (await readFile(ledger, 'utf8')).trim().split('\n'))
      await system[Symbol.asyncDispose]()
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
  180_000,
)

function simulate(system: RunningSystem, ledger: string): { child: ChildProcess; ended: Promise<number | null> } {
  const words = ['bin/simulate.ts', '--rate', '1500', '--minutes', '0.3', '--users', '2000', '--ledger', ledger]
  const address = ['--grpc', `127.0.0.1:${system.env.GRPC_PORT}`]
  const child = spawn(process.execPath, [...words, ...address], { cwd: root, env: system.env, stdio: 'ignore' })
  return { child, ended: new Promise((resolve) => child.once('exit', resolve)) }
}

async function expectExactlyOnce(system: RunningSystem, acknowledged: readonly string[]): Promise<void> {
  await using database = testDatabase(system.databaseUrl)
  expect(acknowledged.length).toBeGreaterThan(2_000)
  await untilQuiet(() => count(database, 'select count(*) as n from user_events'))
  const [found] = await database.query<{ ids: string; events: string }>(
    `select count(distinct event_id) as ids, count(*) as events from user_events where event_id = any ($1::uuid[])`,
    [acknowledged],
  )
  expect(found).toEqual({ ids: String(new Set(acknowledged).size), events: String(acknowledged.length) })
  for (const verified of await verifyRollups(database)) expect(verified).toMatchObject({ different: 0 })
  expect(await count(database, 'select sum(taken - stored - duplicate - dead_letter) as n from ingest_balance')).toBe(0)
}

async function count(database: ReturnType<typeof testDatabase>, text: string): Promise<number> {
  const [row] = await database.query<{ n: string }>(text)
  return Number(row?.n)
}

/** Waits until the number has not changed for three seconds. */
async function untilQuiet(read: () => Promise<number>): Promise<void> {
  for (let last = -1, same = 0; same < 3; ) {
    const now = await read()
    same = now === last ? same + 1 : 0
    last = now
    await sleep(1_000)
  }
}
