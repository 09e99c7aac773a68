import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { exportFile } from './export-file.ts'
import { readOptions } from './options.ts'

let it: TestGateway
let folder: string
const events = 3_000
beforeAll(async () => {
  it = await startTestGateway()
  folder = await mkdtemp(join(tmpdir(), 'userflow-resume-'))
  const rows = Array.from({ length: events }, (_, nth) => ({
    event_timestamp: new Date(Date.UTC(2026, 9, 1) + nth * 60_000).toISOString(),
    page_title: 'a "title",\nof two lines',
  }))
  await storeEvents(it.db, { topic: 'test', events: rows })
}, 300_000)
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const words = (out: string, ...more: string[]) => ['--from', '2026-10-01', '--to', '2026-11-01', '--out', out, ...more]
const file = (name: string) => join(folder, name)

async function exported(out: string, ...more: string[]): Promise<Buffer> {
  const options = readOptions(words(out, ...more))!
  await exportFile(options, { http: it.http, key: it.secretKey, onPart: () => undefined })
  return await readFile(out)
}

test.each(['csv', 'ndjson'])('%s: an export that broke off is gone on with to the same bytes', async (format) => {
  const out = file(`broken.${format}`)
  const parts = ['--format', format, '--part-rows', '700']
  const options = readOptions(words(out, ...parts))!
  let told = 0
  const run = { http: it.http, key: it.secretKey, onPart: () => void (++told === 2 && stop()) }
  const stop = (): never => {
    throw new Error('the power is gone')
  }
  await expect(exportFile(options, run)).rejects.toThrow('the power is gone')
  const state = JSON.parse(await readFile(`${out}.state`, 'utf8')) as { receivedBefore: string; rows: number }
  expect(state.rows).toBe(1_400)
  // What a part had written when it was cut, and nobody knows of.
  await writeFile(out, '2,half a li', { flag: 'a' })
  // Received after the export began, so in none of its parts.
  await storeEvents(it.db, {
    topic: 'test',
    events: [{ event_timestamp: '2026-10-30T00:00:00Z', received_at: new Date().toISOString() }],
  })
  await expect(exported(out, ...parts)).rejects.toThrow(/go on with --resume/)
  await expect(exported(out, '--bots', '--resume', ...parts)).rejects.toThrow(/begun in other words/)
  const resumed = await exported(out, '--resume', ...parts)
  await it.db.query("delete from stored_events where event_timestamp = '2026-10-30T00:00:00Z' and page_title is null")
  expect(resumed.equals(await exported(file(`whole.${format}`)))).toBe(true)
  await expect(readFile(`${out}.state`)).rejects.toThrow('ENOENT')
})

test('a connection that breaks is tried again, and the file is as if it had not', async () => {
  await using cutting = await cutOnce(new URL(it.http).port)
  const out = file('cut.csv')
  await exportFile(readOptions(words(out))!, { http: cutting.http, key: it.secretKey, onPart: () => undefined })
  expect(cutting.cuts()).toBe(1)
  expect((await readFile(out)).equals(await exported(file('uncut.csv')))).toBe(true)
})

test('Parquet goes on with a file of its own for each part', async () => {
  const first = await exported(file('a.parquet'), '--part-rows', '2000')
  const second = await readFile(file('a.parquet-2'))
  for (const bytes of [first, second]) expect(bytes.subarray(-4).toString()).toBe('PAR1')
})

test('the command says how many events there were, and what is wrong', async () => {
  const command = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', 'export.ts'), ...args, '--http', it.http], {
      env: { PATH: process.env.PATH, BOOTSTRAP_SECRET_KEY: it.secretKey, DATA_DIR: '/nowhere' },
    })
  expect((await command(...words(file('b.ndjson')))).stdout).toMatch(
    /^3000 events, everything that was received before 2/,
  )
  await expect(command('--from', '2026-10-01')).rejects.toMatchObject({ stderr: expect.stringMatching(/--out FILE/) })
  await expect(command(...words(file('c'), '--to', '2026-09-01'))).rejects.toMatchObject({
    stderr: expect.stringMatching(/^from: must be before to/),
  })
})

/** In front of the gateway: the first answer is cut after its first bytes. */
async function cutOnce(port: string): Promise<AsyncDisposable & { http: string; cuts: () => number }> {
  let cuts = 0
  const server: Server = createServer()
  server.removeAllListeners('connection')
  server.on('connection', (socket) => {
    const onward = connect(Number(port), '127.0.0.1')
    socket.pipe(onward)
    const cutting = cuts === 0
    onward.on('data', (chunk) => {
      if (!cutting) return void socket.write(chunk)
      cuts = 1
      socket.write(chunk.subarray(0, 2_000), () => socket.destroy())
      onward.destroy()
    })
    for (const one of [socket, onward]) one.on('error', () => undefined)
    onward.on('close', () => socket.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    http: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}
