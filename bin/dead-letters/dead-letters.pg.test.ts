import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { type DeadRow, storeEvents } from '../../test/support/store-events.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

/** Runs the command as an operator does; answers what it printed. */
async function command(...words: string[]) {
  const file = join(import.meta.dirname, '..', 'dead-letters.ts')
  const env = {
    PATH: process.env.PATH,
    BOOTSTRAP_SECRET_KEY: it.secretKey,
    DATABASE_URL: it.databaseUrl,
    DATA_DIR: '/nowhere',
  }
  const ran = await promisify(execFile)(process.execPath, [file, ...words, '--grpc', it.grpc], { env }).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { out: ran.stdout, err: ran.stderr, code: 'code' in ran ? ran.code : 0 }
}

const letter = (over: Partial<DeadRow>): DeadRow => ({
  company_id: 1,
  site_id: 1,
  event_id: null,
  reason: 'EXPERIMENTS_TOO_MANY',
  field: 'experiments',
  message: 'too many\u001b[2J',
  log_offset: 0,
  received_at_us: Date.UTC(2026, 10, 10) * 1e3,
  payload: '',
  ...over,
})

test('an operator lists the causes, looks at the bytes, tries, replays, and finds nothing waiting', async () => {
  const eventId = randomUUID()
  const sound = toBinary(EventSchema, create(EventSchema, { eventId, action: { case: 'pageView', value: {} } }))
  const dead = [
    letter({ payload: Buffer.from(sound).toString('base64') }),
    letter({ log_offset: 1, payload: Buffer.from('{"pageView":{},"propertys":1}').toString('base64') }),
  ]
  await storeEvents(it.db, { topic: 'events', partition: 1, events: [], dead })

  const { out } = await command('list')
  expect(out).toContain('2 waiting, 0 replayed  EXPERIMENTS_TOO_MANY experiments')
  expect(out).toContain('such as events/1/1 events/1/0')
  expect(out).not.toContain('\u001b')
  expect((await command('show')).out).toContain('29 bytes: {"pageView":{},"propertys":1}')

  const before = await it.records()
  expect((await command('replay', '--dry-run')).out).toContain('2 judged again: 1 would be accepted, 1 rejected')
  expect(await it.records()).toBe(before)
  const tried = JSON.parse((await command('replay', '--id', 'events/1/0', '--dry-run', '--json')).out)
  expect(tried).toMatchObject({ accepted: 1, dryRun: true, letters: [{ eventId, outcome: 'REPLAY_ACCEPTED' }] })

  const replayed = await command('replay')
  expect(replayed).toMatchObject({ code: 0 })
  expect(replayed.out).toContain('2 judged again: 1 accepted, 1 rejected')
  expect(replayed.out).toMatch(/1 {2}EVENT_UNDECODABLE: .*propertys/)
  expect(await it.records()).toBe(before + 1)
  expect((await command('replay', '--reason', 'URL_TOO_LONG')).out).toContain('0 judged again')
  const groups = JSON.parse((await command('list', '--json', '--all')).out).groups
  expect(groups).toMatchObject([{ letters: 1, replayed: 1 }])
})

test('records of nobody are shown to the operator of the database only', async () => {
  const dead = [
    letter({ company_id: 0, reason: 'RECORD_CORRUPT', field: '', payload: Buffer.alloc(3).toString('base64') }),
  ]
  await storeEvents(it.db, { topic: 'events', partition: 0, events: [], dead })
  expect((await command('list')).out).not.toContain('RECORD_CORRUPT')
  expect((await command('list', '--unowned')).out).toContain('1 waiting, 0 replayed  RECORD_CORRUPT')
  expect((await command('show', '--unowned')).out).toContain('3 bytes: 000000')
})

test.each([[[]], [['list', 'all']], [['replay', '--unowned']], [['show', '--limit', '0']]])(
  '%j says what is wrong',
  async (words) => {
    const { code, err } = await command(...words)
    expect(code).toBe(1)
    expect(err).toMatch(/Say list|too much|nobody|--limit/)
  },
)
