// The first five minutes of a newcomer: start, send the printed line, read it back, stop, start again.
import { execFile } from 'node:child_process'
import { mkdtemp, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../support/postgres.ts'
import { freePlace, type Place, type RunningSystem, startSystem } from '../support/running-system.ts'

const run = promisify(execFile)
let dataDir: string
let place: Place
let system: RunningSystem

beforeAll(async () => {
  // As private as root's home: Postgres's own user cannot look in.
  dataDir = await mkdtemp(join(tmpdir(), 'userflow-guide-'))
  place = await freePlace(join(dataDir, 'data'))
  system = await startSystem(place)
})

afterAll(async () => {
  await system[Symbol.asyncDispose]()
  // Below a private folder root's cluster lies elsewhere.
  const elsewhere = await readlink(join(place.dataDir, 'postgres')).catch(() => undefined)
  if (elsewhere) await rm(elsewhere, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
})

/** The curl line printed below a heading. */
function printed(heading: string): string {
  const lines = system.banner.split('\n')
  const line = lines.slice(lines.indexOf(heading)).find((one) => one.trim().startsWith('curl'))
  if (!line) throw new Error(`no line below "${heading}" in:\n${system.banner}`)
  return line.trim()
}

const shell = async (line: string): Promise<unknown> => JSON.parse((await run('bash', ['-c', line])).stdout)

test('the printed line is accepted, and the event is stored with device, browser, system and country', async () => {
  expect(await shell(printed('Send an event:'))).toMatchObject({ accepted: 1, rejected: [] })
  await using database = testDatabase(system.databaseUrl)
  const read = () =>
    database.query('select device_type, browser, os, country, channel, ip_address::text from user_events')
  for (let tries = 0; (await read()).length === 0 && tries < 600; tries++) await sleep(100)
  expect(await read()).toEqual([
    {
      device_type: 'desktop',
      browser: 'Chrome',
      os: 'macOS',
      country: 'US',
      channel: 'organic search',
      ip_address: '8.8.8.0/32',
    },
  ])
}, 90_000)

test('the other printed line reads it back, with its definition', async () => {
  const answer = await shell(printed('Read it back:'))
  expect(answer).toMatchObject({
    events: [{ eventType: 'page_view', country: 'US' }],
    meta: { metric: 'recent_events' },
  })
})

test('the printed tag loads the tracker, with the write key', async () => {
  const [, address = '', key] = /<script defer src="([^"]+)" data-key="([^"]+)"><\/script>/.exec(system.banner) ?? []
  expect(key).toBe(system.keys.writeKey)
  const script = await fetch(address)
  expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
})

test('keys are readable by their owner only', async () => {
  expect((await stat(join(place.dataDir, 'keys.json'))).mode & 0o777).toBe(0o600)
})

test('a second start on the same folder is refused by name of the process', async () => {
  await expect(startSystem(place)).rejects.toThrow(/in use by process \d+\. Stop it, or set DATA_DIR/)
})

test('Ctrl-C stops everything, and the next start has the same keys and events', async () => {
  const { keys } = system
  expect(await system.interrupt()).toEqual({ code: 0, left: 0 })
  system = await startSystem(place)
  expect(system.keys).toEqual(keys)
  expect(await shell(printed('Read it back:'))).toMatchObject({ events: [{ eventType: 'page_view' }] })
})
