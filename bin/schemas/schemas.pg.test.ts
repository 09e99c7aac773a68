import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { storeEvents } from '../../test/support/store-events.ts'

let it: TestGateway
let dir: string
beforeAll(async () => {
  it = await startTestGateway()
  dir = await mkdtemp(join(tmpdir(), 'schemas-'))
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

/** Runs the command as its user does; answers what it printed. */
async function command(...words: string[]) {
  const file = join(import.meta.dirname, '..', 'schemas.ts')
  const env = { PATH: process.env.PATH, BOOTSTRAP_SECRET_KEY: it.secretKey, DATA_DIR: '/nowhere' }
  const ran = await promisify(execFile)(process.execPath, [file, ...words, '--grpc', it.grpc], { env }).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { out: ran.stdout, err: ran.stderr, code: 'code' in ran ? ran.code : 0 }
}

const schemaFile = async (minimum: number): Promise<string> => {
  const file = join(dir, 'purchase.schema.json')
  await writeFile(file, JSON.stringify({ type: 'object', properties: { price: { type: 'number', minimum } } }))
  return file
}

test('from a file to an enforced schema, with what it would have rejected', async () => {
  expect((await command('list')).out).toContain('There is no schema.')
  const first = await command('put', await schemaFile(0))
  expect(first.out).toContain('purchase  version 1  report  view company_1.events_purchase')
  const at = new Date().toISOString()
  const eventId = randomUUID()
  const event = { event_type: 'custom', event_name: 'purchase', event_timestamp: at, received_at: at }
  await storeEvents(it.db, { events: [{ ...event, event_id: eventId, metadata: { price: 5 } }, event] })

  const tried = await command('try', 'purchase', await schemaFile(10))
  expect(tried).toMatchObject({ code: 1 })
  expect(tried.out).toMatch(/1 of 2 stored events received since .* would have been rejected/)
  expect(tried.out).toContain(`1  properties.price must be >= 10 (minimum)\n        such as ${eventId}`)
  expect(await command('try', 'purchase')).toMatchObject({ code: 0 })

  const refused = await command('put', await schemaFile(10), '--mode', 'enforce')
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('1 of 2 events break it: properties.price must be >= 10 (1)')
  expect((await command('put', await schemaFile(10), '--mode', 'enforce', '--although-it-rejects')).out).toContain(
    'version 2  enforce',
  )
  expect((await command('mode', 'purchase', 'off')).out).toContain('version 2  off')
  const listed = JSON.parse((await command('list', '--json')).out)
  expect(listed.schemas).toMatchObject([{ name: 'purchase', version: 2, mode: 'SCHEMA_MODE_OFF' }])
})

test.each([
  [[], 'Say list, put, mode or try'],
  [['put'], 'Say the file'],
  [['put', '/nowhere.json'], 'ENOENT'],
  [['mode', 'purchase', 'strict'], 'not "strict"'],
  [['list', 'all'], '"all" is too much'],
  [['try', 'nobody'], 'no schema for events of this name'],
])('%j says what is wrong', async (words, why) => {
  const { code, err } = await command(...words)
  expect(code).toBe(1)
  expect(err).toContain(why)
})
