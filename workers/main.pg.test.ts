import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { freePorts } from '../bin/prove/free-ports.ts'
import { startProxy } from '../bin/prove/proxy.ts'
import { openEmbeddedLog } from '../eventlog/embedded.ts'
import { idsOf, mixedEvents } from '../test/support/log-events.ts'
import { expectExactlyOnce } from '../test/support/oracle.ts'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import { appendEvents } from '../test/support/worker.ts'

/** A data folder with a log, a database, and a way to start worker processes on them. */
async function setUp() {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await freshDatabase())
  const db = stack.use(testDatabase(url))
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-worker-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const path = join(dataDir, 'log', 'events.sqlite')
  const log = stack.use(await openEmbeddedLog({ path, topic: 'userflow.events', partitions: 4 }))
  const release = stack.move()
  const start = async (databaseUrl = url): Promise<ChildProcess> => {
    const child = fork(new URL('./main.ts', import.meta.url), {
      execArgv: [],
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDir,
        KAFKA_PARTITIONS: '4',
        METRICS_PORT: '0',
        LOG_LEVEL: 'error',
      },
    })
    release.defer(() => void child.kill('SIGKILL'))
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the worker ended with ${code}`))),
    ])
    expect(message).toMatchObject({ ready: true, metrics: expect.any(Number) })
    return child
  }
  return { url, db, log, start, [Symbol.asyncDispose]: () => release.disposeAsync() }
}

test('worker processes that are killed, frozen and stopped lose nothing and double nothing', async () => {
  await using on = await setUp()
  const sent = mixedEvents(2_000, 5)
  const sending = (async () => {
    for (let at = 0; at < sent.length; at += 50) {
      await appendEvents(on.log, sent.slice(at, at + 50))
      await sleep(150)
    }
  })()
  const killed = await on.start()
  const frozen = await on.start()
  await sleep(500)
  killed.kill('SIGKILL')
  frozen.kill('SIGSTOP')
  const stopped = await on.start()
  await sleep(4_500)
  frozen.kill('SIGCONT')
  await sending
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })

  stopped.kill('SIGTERM')
  frozen.kill('SIGTERM')
  const codes = await Promise.all([stopped, frozen].map(async (child) => (await once(child, 'exit'))[0]))
  expect(codes).toEqual([0, 0])
  const alive = await on.db.query(`select 1 from worker_lease where renewed_at > now() - interval '2 s'`)
  expect(alive).toEqual([])
}, 300_000)

test('a worker that starts before Postgres waits for it', async () => {
  await using on = await setUp()
  const [port = 0] = await freePorts(1)
  const url = new URL(on.url)
  const postgresPort = Number(url.port)
  url.port = String(port)
  const starting = on.start(url.href)
  await sleep(1_500)
  await using _nowThere = await startProxy(postgresPort, port)
  await starting
  const sent = mixedEvents(100)
  await appendEvents(on.log, sent)
  await expectExactlyOnce({ ...on, ids: idsOf(sent) })
}, 30_000)

test('a worker that cannot be configured says everything that is wrong and ends', async () => {
  const child = fork(new URL('./main.ts', import.meta.url), {
    execArgv: [],
    env: { PATH: process.env.PATH, KAFKA_PARTITIONS: 'many' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (text) => {
    said += text
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(1)
  expect(said).toMatch(/DATABASE_URL[\s\S]*KAFKA_PARTITIONS/)
})
