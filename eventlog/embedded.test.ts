import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { numbered } from './collector.case.ts'
import { openEmbeddedLog } from './embedded.ts'
import { describeEventLog, type LogUnderTest } from './eventlog.case.ts'

const topic = 'events'

async function setUp(): Promise<LogUnderTest & { path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'userflow-log-'))
  const path = join(folder, 'deep', 'log.db')
  return {
    path,
    open: (partitions = 4) => openEmbeddedLog({ path, topic, partitions }),
    async trim(partition, below) {
      await using log = await openEmbeddedLog({ path, topic, partitions: 4 })
      await log.trim(partition, below)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

describeEventLog('the embedded log', setUp)

test('a file of another topic is refused', async () => {
  await using fixture = await setUp()
  await using log = await fixture.open()
  await expect(openEmbeddedLog({ path: fixture.path, topic: 'other', partitions: 4 })).rejects.toThrow(
    /holds the topic "events", not "other"/,
  )
  expect(log.topic).toBe('events')
})

test('while another process holds the lock, a record is unknown at its deadline, and later ones are written', async () => {
  await using fixture = await setUp()
  await using log = await fixture.open()
  const other = new DatabaseSync(fixture.path)
  other.exec('begin immediate')
  const answers = await log.append(numbered(0, 2), { deadlineMs: 200 })
  expect(answers.map((answer) => answer.status)).toEqual(['unknown', 'unknown'])
  expect(log.health()).toMatchObject({ up: false })
  other.exec('rollback')
  other.close()
  const later = await log.append(numbered(0, 1), { deadlineMs: 10_000 })
  expect(later).toMatchObject([{ status: 'written', partition: 0 }])
  expect(log.health()).toEqual({ up: true })
})

test('many records are trimmed in pieces, and no offset is used again', async () => {
  await using fixture = await setUp()
  await using log = await openEmbeddedLog({ path: fixture.path, topic, partitions: 4 })
  await log.append(numbered(1, 11_000), { deadlineMs: 10_000 })
  await log.trim(1, 10_500)
  expect((await log.watermarks())[1]).toEqual({ partition: 1, low: 10_500, high: 11_000 })
  await log.trim(1, 99_999)
  expect((await log.watermarks())[1]).toEqual({ partition: 1, low: 11_000, high: 11_000 })
  const rows = new DatabaseSync(fixture.path).prepare('select count(*) as count from records').get()
  expect(rows).toEqual({ count: 0 })
  expect(await log.append(numbered(1, 1), { deadlineMs: 10_000 })).toMatchObject([{ offset: 11_000 }])
})

test('what was acknowledged is there after the process is killed', async () => {
  await using fixture = await setUp()
  const { spawnSync } = await import('node:child_process')
  const script = `
    const { openEmbeddedLog } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)})
    const log = await openEmbeddedLog({ path: ${JSON.stringify(fixture.path)}, topic: 'events', partitions: 4 })
    const value = Buffer.from('kept')
    await log.append([{ partition: 0, key: value, value }], { deadlineMs: 5000 })
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(signal).toBe('SIGKILL')
  await using log = await fixture.open()
  expect((await log.watermarks())[0]).toEqual({ partition: 0, low: 0, high: 1 })
})
