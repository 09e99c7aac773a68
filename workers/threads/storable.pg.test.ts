import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { stageColumns } from '../../sql/stage.ts'
import { freshDatabase } from '../../test/support/postgres.ts'
import { RecentCache } from '../enrich/recent-cache.ts'
import { patchSessionIds } from '../sessionize/patch.ts'
import { sessionIdOf } from '../sessionize/session-id.ts'
import { encodeExtra } from '../write/batch-extra.ts'
import { anyEvent, anyHeader, nasty, properties, tamper } from './any-record.case.ts'
import type { CompanyAgent, Digest } from './digest.ts'
import { digestRecords } from './digest-records.ts'
import { packRecords } from './packed-records.ts'
import { type EventShape, noonUs, pageView, record } from './record.case.ts'

const tools = {
  lookup: () => ({ country: 'GB', region: 'England', city: 'London' }),
  agents: new RecentCache<never>(100),
  arrivals: new RecentCache<never>(100),
}
const digest = (records: readonly LogRecord[]): Digest => digestRecords(packRecords(records), tools)

let database: Awaited<ReturnType<typeof freshDatabase>>
let client: pg.Client

beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const columns = stageColumns.map(([name, type]) => `${name} ${type}`).join(', ')
  await client.query(`create temp table stage_like (${columns})`)
})

afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

/** Copies the digest's rows and reads them back as text. */
async function store(digest: Digest): Promise<Record<string, unknown>[]> {
  patchSessionIds(digest, digest.sessionless.map(sessionIdOf))
  await client.query('truncate stage_like')
  const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
  const trailer = Buffer.from([0xff, 0xff])
  const copy = client.query(copyFrom('copy stage_like from stdin (format binary)'))
  await pipeline(Readable.from([header, Buffer.from(digest.rows), trailer]), copy)
  const names = stageColumns.map(([name]) => `${name}::text`).join(', ')
  const { rows } = await client.query(`select ${names} from stage_like order by log_offset::bigint`)
  return rows
}

describe('whatever is written can be copied', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
  const changes = fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: 3 }))
  const anyRecord = fc
    .tuple(anyEvent, anyHeader, changes)
    .map(([event, header, changes]) => ({ event, header, changes }))

  test('for any event in any envelope, tampered with or not; and every record is a row or a dead letter', async () => {
    let stored = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRecord, { minLength: 1, maxLength: 20 }),
        fc.uint8Array(),
        async (parts, garbage) => {
          const records = parts.map(({ event, header, changes }, offset) =>
            tamper(record(offset, event, header), changes),
          )
          records.push({ offset: parts.length, key: garbage, value: garbage })
          const result = digest(records)
          expect(result.rowOffsets.length + result.deadLetters.length).toBe(records.length)
          expect(result.taken.reduce((sum, { count }) => sum + count, 0)).toBe(records.length)
          expect(await store(result)).toHaveLength(result.rowOffsets.length)
          const extra = encodeExtra({ ...result, states: [], high: 0 })
          await client.query(`select store_user_agents($1::jsonb -> 'agents')`, [extra])
          stored += result.rowOffsets.length
        },
      ),
      { numRuns: 300, seed: 7 },
    )
    // A property over nothing but dead letters would prove nothing.
    expect(stored).toBeGreaterThan(100)
  })

  test('for events that only their texts make special', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: nasty, properties }), { minLength: 1, maxLength: 30 }),
        async (parts) => {
          const records = parts.map(({ text, properties }, offset) =>
            record(
              offset,
              {
                ...pageView,
                page: { url: text, title: text, referrer: text } as never,
                properties: properties as never,
              },
              { userAgent: text },
            ),
          )
          const result = digest(records)
          expect(await store(result)).toHaveLength(result.rowOffsets.length)
        },
      ),
      { numRuns: 100 },
    )
  })
})

test('every column arrives as it was meant', async () => {
  const click = {
    ...pageView,
    sessionId: 's1',
    sequence: 4_294_967_295,
    userId: 'ada',
    experiments: [{ experimentId: 'checkout', variant: 'B' }],
    sessionDurationSeconds: 61,
    device: { ...pageView.device, viewportWidth: 800, viewportHeight: 600 } as never,
    action: {
      case: 'click',
      value: {
        element: { selector: '#buy', text: 'Käufe\0n', type: 'button' },
        position: { x: -10, y: 20 },
        targetUrl: '/next',
      },
    },
  }
  const result = digest([record(41, click as EventShape, { skewMs: -5, eventTimeUs: BigInt(noonUs + 1) })])
  const [row] = await store(result)
  const [{ companyId, agent }] = result.agents as [CompanyAgent]
  expect({ companyId, ...agent }).toMatchObject({
    companyId: 1,
    userAgent: expect.stringContaining('Chrome/141'),
    browser: 'Chrome',
    browserVersion: '141',
    os: 'Windows',
    osVersion: '10',
  })
  expect(row).toEqual({
    company_id: '1',
    event_timestamp: '2026-11-22 09:00:00.000001+00',
    event_id: '00000000-0000-7000-8000-000000000029',
    site_id: '2',
    log_offset: '41',
    received_at: '2026-11-22 09:00:00+00',
    sequence: '4294967295',
    is_bot: 'false',
    text_repaired: 'true',
    event_type: 'click',
    event_name: null,
    session_id: 's1',
    visitor_id: 'v41',
    user_id: 'ada',
    page_url: 'https://example.com/a?utm_source=news',
    page_path: '/a',
    page_title: 'A',
    last_page_url: 'https://www.google.com/',
    referrer_domain: 'google.com',
    channel: 'organic search',
    utm_source: 'news',
    utm_medium: null,
    utm_campaign: null,
    utm_term: null,
    utm_content: null,
    element_selector: '#buy',
    element_text: 'Käufe\ufffdn',
    element_type: 'button',
    target_url: '/next',
    agent_key: String(agent.key),
    ip_address: '81.2.69.142/32',
    device_type: 'desktop',
    browser: 'Chrome',
    os: 'Windows',
    country: 'GB',
    region: 'England',
    city: 'London',
    language: 'pt-BR',
    time_zone: 'Europe/Lisbon',
    screen: '1920x1080',
    viewport: '800x600',
    x_coordinate: '-10',
    y_coordinate: '20',
    value: null,
    duration_ms: null,
    load_ms: null,
    session_duration_seconds: '61',
    sent_skew_ms: '-5',
    bot_reason: null,
    experiments: '{"checkout": "B"}',
    metadata: '{"plan": "pro", "price": 12.5}',
    unread_bytes: null,
  })
})

test('the measures of each action land in their columns', async () => {
  const actions: EventShape['action'][] = [
    { case: 'pageView', value: { loadMs: 812 } },
    { case: 'scroll', value: { depthPercent: 75 } },
    { case: 'hover', value: { durationMs: 4_000_000_000 } },
    { case: 'keydown', value: { category: 2 } },
    { case: 'webVital', value: { name: 'CLS', value: 0.125 } },
    { case: 'custom', value: { name: 'signup' } },
    { case: 'formSubmit', value: { targetUrl: '/join', durationMs: 9 } },
  ]
  const rows = await store(
    digest(actions.map((action, offset) => record(offset, { sessionId: 's', action: action as never }))),
  )
  expect(rows.map((row) => [row.event_type, row.event_name, row.value, row.duration_ms, row.load_ms])).toEqual([
    ['page_view', null, null, null, '812'],
    ['scroll', null, '75', null, null],
    ['hover', null, null, '4000000000', null],
    ['keydown', 'enter', '1', null, null],
    ['web_vital', 'CLS', '0.125', null, null],
    ['custom', 'signup', null, null, null],
    ['form_submit', null, null, '9', null],
  ])
})

test('of an experiment named twice the last variant is kept', async () => {
  const experiments = ['A', 'B'].map((variant) => ({ experimentId: 'checkout', variant }))
  const [row] = await store(digest([record(0, { ...pageView, experiments } as EventShape)]))
  expect(row?.experiments).toBe('{"checkout": "B"}')
})

test('addresses of both families are stored, and what is none is left out', async () => {
  const addresses = ['192.0.2.0', '2001:db8::7', '::ffff:192.0.2.9', 'nonsense', '']
  const rows = await store(digest(addresses.map((ipAddress, offset) => record(offset, pageView, { ipAddress }))))
  expect(rows.map((row) => row.ip_address)).toEqual(['192.0.2.0/32', '2001:db8::7/128', '192.0.2.9/32', null, null])
})

test('only events with a visitor and without a session wait for one', async () => {
  const event: EventShape = { ...pageView, sessionId: '' }
  const records = [
    record(0, pageView),
    record(1, event),
    record(2, event, { visitorId: '' }),
    record(3, { ...event, userId: 'ada' }, { visitorId: '', door: Door.GRPC }),
  ]
  const result = digest(records)
  expect(result.sessionless.map(({ row, visitorId, timeUs }) => ({ row, visitorId, timeUs }))).toEqual([
    { row: 1, visitorId: 'v1', timeUs: noonUs },
    { row: 3, visitorId: 'user:ada', timeUs: noonUs },
  ])
  const rows = await store(result)
  expect(rows.map((row) => row.session_id)).toEqual([
    's1',
    sessionIdOf(result.sessionless[0]!),
    null,
    sessionIdOf(result.sessionless[1]!),
  ])
})
