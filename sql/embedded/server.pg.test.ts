import { mkdtemp, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLogger } from '../../runtime/logger.ts'
import { testDatabase } from '../../test/support/postgres.ts'
import { findRunningUrl } from './find-running.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './server.ts'

const logger = createLogger('test', 'silent')
const start = (dir: string): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dir, port: 0, logger })

/** A folder as private as root's home; what root's Postgres keeps elsewhere is removed with it. */
async function privateFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'userflow-postgres-'))
  const dir = join(folder, 'below', 'postgres')
  return {
    dir,
    async [Symbol.asyncDispose]() {
      const elsewhere = await readlink(dir).catch(() => undefined)
      if (elsewhere) await rm(elsewhere, { recursive: true, force: true })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ask(url: string, text: string): Promise<unknown[]> {
  await using database = testDatabase(url)
  return await database.query(text)
}

test('below a private folder the server starts for root too, and finds its data again', async () => {
  await using folder = await privateFolder()
  {
    await using server = await start(folder.dir)
    await ask(server.url, 'create table kept as select 7 as n')
    expect(await findRunningUrl(folder.dir)).toBe(server.url)
  }
  await using server = await start(folder.dir)
  expect(await ask(server.url, 'select n from kept')).toEqual([{ n: 7 }])
})

test('a server whose parent was killed is stopped, and its data is taken over', async () => {
  await using folder = await privateFolder()
  const left = await start(folder.dir)
  await ask(left.url, 'create table kept as select 8 as n')
  await using server = await start(folder.dir)
  await left.ended
  expect(await ask(server.url, 'select n from kept')).toEqual([{ n: 8 }])
})

test('a server that was killed recovers what was committed', async () => {
  await using folder = await privateFolder()
  const killed = await start(folder.dir)
  await ask(killed.url, 'create table kept as select 9 as n')
  process.kill(killed.pid, 'SIGKILL')
  await killed.ended
  await using server = await start(folder.dir)
  expect(await ask(server.url, 'select n from kept')).toEqual([{ n: 9 }])
})

test('it listens on this machine only, and asks for the password', async () => {
  await using folder = await privateFolder()
  await using server = await start(folder.dir)
  expect(await ask(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  const wrong = new URL(server.url)
  wrong.password = 'guess'
  await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('where none runs, the message says what to do', async () => {
  await expect(findRunningUrl('/nowhere')).rejects.toThrow(/npm start.*DATABASE_URL/)
})
