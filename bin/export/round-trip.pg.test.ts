import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStream } from '../../clients/node/stream.ts'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { startTestWorker, storedToTheEnd, testThreads } from '../../test/support/worker.ts'
import { BatchSender } from '../running/batch-sender.ts'

let stack: AsyncDisposableStack
let here: TestGateway
let elsewhere: TestGateway
let folder: string
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const threads = stack.use(testThreads())
  const start = async () => {
    const it = stack.use(await startTestGateway())
    stack.use(await startTestWorker({ url: it.databaseUrl, log: it.log, threads }))
    return it
  }
  here = await start()
  elsewhere = await start()
  folder = await mkdtemp(join(tmpdir(), 'userflow-export-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
}, 300_000)
afterAll(() => stack.disposeAsync())

const word = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', '=1+1', 'a\0b', "'", 'a\r\nb', '"', 'ü\ud800'),
)
const name = word.map((text) => text.replaceAll(/\p{C}/gu, '').trim() || 'a name')
const small = fc.nat(100)
const count = fc.oneof(small, fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const whole = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const position = fc.record({ x: whole, y: whole })
const element = fc.record({ selector: word, text: word, type: word })
const some = { requiredKeys: [] }
const action = fc.oneof(
  ...Object.entries({
    pageView: fc.record({ loadMs: count }),
    click: fc.record({ element, position, targetUrl: word }, some),
    scroll: fc.record({ depthPercent: small, position }, some),
    formSubmit: fc.record({ element, targetUrl: word, durationMs: count }, some),
    hover: fc.record({ element, position, durationMs: count }, some),
    keydown: fc.record({ element, category: fc.nat(7), count }, some),
    webVital: fc.record({
      name: fc.constantFrom('LCP', 'INP', 'CLS', 'FCP', 'TTFB'),
      value: fc.double({ min: 0, max: 1e9, noNaN: true }),
    }),
    custom: fc.record({ name }),
  }).map(([kind, value]) => (value as fc.Arbitrary<object>).map((fields) => ({ case: kind, value: fields }))),
)
const agent = fc.constantFrom(
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
  'odd "agent"',
)
const anyEvent = fc
  .record({
    eventId: fc.uuid(),
    eventTime: fc.record({
      seconds: fc.integer({ min: Date.UTC(2026, 8, 1) / 1e3, max: Date.UTC(2026, 10, 1) / 1e3 }).map(BigInt),
      nanos: fc.nat(999_999).map((micros) => micros * 1e3),
    }),
    sessionId: fc.oneof(fc.constant(''), name),
    sequence: count,
    visitorId: fc.oneof(fc.constant(''), name),
    userId: fc.oneof(fc.constant(''), name, fc.constant('u'.repeat(200))),
    page: fc.record({ url: fc.oneof(fc.webUrl(), word), title: word, referrer: fc.oneof(fc.webUrl(), word) }),
    device: fc.record({
      screenWidth: count,
      screenHeight: count,
      viewportWidth: small,
      viewportHeight: small,
      language: fc.constantFrom('', 'de-DE', 'pt-BR'),
      timeZone: fc.constantFrom('', 'Europe/Berlin'),
      userAgent: agent,
      ipAddress: fc.constantFrom('', '203.0.113.7', '2001:db8::1'),
    }),
    experiments: fc.array(fc.record({ experimentId: name, variant: name }), { maxLength: 3 }),
    properties: fc.dictionary(
      name,
      fc.oneof(word, fc.double({ noNaN: true, min: -1e300, max: 1e300 }), fc.boolean(), fc.constant(null)),
      { maxKeys: 4 },
    ),
    sessionDurationSeconds: count,
    action,
  })
  .map((fields) => create(EventSchema, fields as never))

async function send(it: TestGateway, events: readonly Event[]): Promise<number> {
  await using stream = openStream({ address: it.grpc, key: it.secretKey, maxUnacknowledged: 4 })
  const sender = new BatchSender<undefined>(stream, { batchSize: 200 })
  for (const event of events) await sender.add(event, undefined)
  const { accepted } = await sender.finish()
  await storedToTheEnd(it.db, it.log)
  return accepted
}

async function command(it: TestGateway, file: string, ...words: string[]): Promise<string> {
  const path = join(import.meta.dirname, '..', file)
  const env = { PATH: process.env.PATH, BOOTSTRAP_SECRET_KEY: it.secretKey, DATA_DIR: '/nowhere' }
  return (await promisify(execFile)(process.execPath, [path, ...words], { env })).stdout
}

/** What the sender said of each event, as it is stored. */
const said = `event_id, event_timestamp::text, session_id, sequence::text, visitor_id, user_id, page_url, page_path, page_title,
  last_page_url, event_type, event_name, element_selector, element_text, element_type, target_url, language, time_zone, screen,
  viewport, x_coordinate, y_coordinate, value, duration_ms::text, load_ms::text, session_duration_seconds::text, user_agent,
  browser, is_bot, experiments, metadata`
const rowsOf = (it: TestGateway) =>
  it.db.query(`select ${said} from user_events where company_id = 1 order by event_id`)

test('an export of random events of every type adds nothing where they are, and is the same events in an empty system', async () => {
  const events = fc.sample(anyEvent, 1_200)
  expect(await send(here, events)).toBe(events.length)
  const before = await rowsOf(here)
  expect(new Set(before.map((row) => row.event_type)).size).toBe(8)
  const file = join(folder, 'events.ndjson')
  // Received a moment ago; an export of now would leave out what may still be on its way.
  await here.db.query("update stored_events set received_at = received_at - interval '1 minute'")
  const words = ['--from', '2026-08-01', '--to', '2026-12-01', '--bots', '--part-rows', '500', '--http', here.http]
  expect(await command(here, 'export.ts', ...words, '--out', file)).toMatch(/^1200 events, /)
  expect((await readFile(file, 'utf8')).split('\n').length).toBe(events.length + 1)
  const again = await command(here, 'import.ts', '--strict', '--format', 'ndjson', file, '--grpc', here.grpc)
  expect(again).toContain('1200 sent, 1200 accepted, 0 rejected, 0 bad\n0 stored new, 1200 duplicates')
  expect(await rowsOf(here)).toEqual(before)
  const anew = await command(elsewhere, 'import.ts', '--strict', file, '--grpc', elsewhere.grpc)
  expect(anew).toContain('1200 stored new, 0 duplicates')
  expect(await rowsOf(elsewhere)).toEqual(before)
}, 300_000)
