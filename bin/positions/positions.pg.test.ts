import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../eventlog/embedded.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { storeEvents } from '../../test/support/store-events.ts'

const topic = 'userflow.events'

/** A database whose partition 1 is stored to offset 9, beside a log that has 3 records there. */
async function setUp() {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await freshDatabase())
  const db = stack.use(testDatabase(url))
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-positions-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  await storeEvents(db, { topic, partition: 1, events: [], records: 9 })
  const release = stack.move()
  const run = async (...words: string[]) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: dataDir, KAFKA_PARTITIONS: '2' }
    const file = join(import.meta.dirname, '..', 'positions.ts')
    const ran = await promisify(execFile)(process.execPath, ['--no-warnings', file, ...words], { env }).catch(
      (error: { stdout: string; stderr: string; code: number }) => error,
    )
    return { out: ran.stdout, err: ran.stderr, code: 'code' in ran ? ran.code : 0 }
  }
  return { db, dataDir, run, [Symbol.asyncDispose]: () => release.disposeAsync() }
}

test('an operator sees a log that ends too early, accepts a position within it, and finds that written down', async () => {
  await using on = await setUp()
  const path = join(on.dataDir, 'log', 'events.sqlite')
  await using log = await openEmbeddedLog({ path, topic, partitions: 2 })
  const record = { partition: 1, key: Buffer.from('k'), value: Buffer.from('v') }
  await log.append([record, record, record], { deadlineMs: 5_000 })

  expect((await on.run('list')).out).toContain('1: stored to 9, log 0 to 3, ends 6 before that')
  const refused = await on.run('accept', '--partition', '1', '--offset', '4')
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('The log ends at 3') })
  expect((await on.run('accept', '--partition', '1', '--offset', '2')).out).toContain('reads on at 2; before it was 9')
  const { positions, incidents } = JSON.parse((await on.run('list', '--json')).out)
  expect(positions).toMatchObject([{ partition: 1, stored: 2, low: 0, high: 3, lag: 1 }])
  expect(incidents).toMatchObject([{ kind: 'position_accepted', from: 9, to: 2 }])
})

test('a log that is not there is not made, and positions are shown all the same', async () => {
  await using on = await setUp()
  const { out, err } = await on.run('list')
  expect(err).toContain('there is no log at')
  expect(out).toContain('1: stored to 9, log ? to ?')
  expect(existsSync(join(on.dataDir, 'log'))).toBe(false)
})

test.each([
  [[]],
  [['accept']],
  [['accept', '--partition', '1', '--offset', '-1']],
  [['accept', '--partition', '0', '--offset', '0']],
])('%j changes nothing and says what is wrong', async (words) => {
  await using on = await setUp()
  const { code, err } = await on.run(...words)
  expect(code).toBe(1)
  expect(err).toMatch(/Say list or accept|--partition is needed|--offset|never read/)
  expect(await on.db.query('select 1 from ingest_incident')).toEqual([])
})
