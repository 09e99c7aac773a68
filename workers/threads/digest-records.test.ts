import { describe, expect, test } from 'vitest'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import type { Tools } from '../enrich/draft.ts'
import { RecentCache } from '../enrich/recent-cache.ts'
import type { Digest } from './digest.ts'
import { digestRecords } from './digest-records.ts'
import { packRecords, unpackRecords } from './packed-records.ts'
import { type EventShape, noonUs, pageView, record } from './record.case.ts'

const tools: Tools = { lookup: () => undefined, agents: new RecentCache(10), arrivals: new RecentCache(10) }
const digest = (records: readonly LogRecord[], own = tools): Digest => digestRecords(packRecords(records), own)
const garbage: LogRecord = { offset: 9, key: new Uint8Array(), value: new Uint8Array([1, 2, 3]) }

test('packed records come out as they went in, also from views into a bigger buffer', () => {
  const big = new Uint8Array(1000).map((_, index) => index)
  const records = [
    { offset: 5, key: new Uint8Array(), value: big.subarray(10, 20) },
    { offset: 2 ** 52, key: new Uint8Array(), value: new Uint8Array() },
    { offset: 2 ** 52 + 1, key: new Uint8Array(), value: big.subarray(900) },
  ]
  const packed = packRecords(records)
  expect(packed.buffer.byteLength).toBe(3 * 12 + 110)
  expect([...unpackRecords(packed)]).toEqual(
    records.map(({ offset, value }) => ({ offset, value: Buffer.from(value) })),
  )
})

describe('dead letters', () => {
  test('garbage is kept with its bytes, and its neighbours are stored', () => {
    const { deadLetters, rowOffsets, rowStarts, rows } = digest([record(8, pageView), garbage, record(10, pageView)])
    expect([...rowOffsets]).toEqual([8, 10])
    expect([...rowStarts]).toEqual([0, expect.any(Number), rows.length])
    expect(deadLetters).toEqual([
      expect.objectContaining({
        reason: 'RECORD_CORRUPT',
        logOffset: 9,
        companyId: 0,
        receivedAtUs: 0,
        eventId: undefined,
      }),
    ])
    expect([...deadLetters[0]!.payload]).toEqual([1, 2, 3])
    expect(deadLetters[0]!.payload.buffer.byteLength).toBe(3)
  })

  test('an event the gateway rejected keeps its reason and the bytes of its sender', () => {
    const rejected = record(3, undefined, {
      rejectedReason: 'URL_TOO_LONG',
      rejectedField: 'page.url',
      rejectedMessage: 'too long \0',
      rejectedBytes: new Uint8Array([7, 8]),
    })
    const [letter] = digest([rejected]).deadLetters
    expect(letter).toMatchObject({
      companyId: 1,
      siteId: 2,
      reason: 'URL_TOO_LONG',
      field: 'page.url',
      message: 'too long \ufffd',
      eventId: '00000000-0000-7000-8000-000000000003',
    })
    expect([...letter!.payload]).toEqual([7, 8])
  })

  test('a reason that no gateway gives is not believed', () => {
    for (const rejectedReason of ['toString', '1', 'REJECT_REASON_UNSPECIFIED', 'x'.repeat(10_000)]) {
      expect(digest([record(0, undefined, { rejectedReason })]).deadLetters[0]!.reason).toBe('RECORD_UNDECODABLE')
    }
  })

  const text = 'x'.repeat(8193)
  const broken: [reason: string, field: string, event: EventShape | undefined, header: Parameters<typeof record>[2]][] =
    [
      ['RECORD_UNDECODABLE', 'event', undefined, {}],
      ['ACTION_MISSING', 'action', { sessionId: 's' }, {}],
      ['ROW_UNSTORABLE', 'company_id', pageView, { companyId: 0 }],
      ['ROW_UNSTORABLE', 'company_id', pageView, { companyId: 2 ** 31 }],
      ['ROW_UNSTORABLE', 'site_id', pageView, { siteId: 0 }],
      ['ROW_UNSTORABLE', 'received_at', pageView, { receivedAtUs: 2n ** 62n }],
      ['EVENT_ID_INVALID', 'event_id', pageView, { eventId: new Uint8Array(15) }],
      ['EVENT_TIME_OUT_OF_RANGE', 'event_time', pageView, { eventTimeUs: -1n }],
      ['ID_TOO_LONG', 'session_id', { ...pageView, sessionId: 'x'.repeat(201) }, {}],
      ['ID_TOO_LONG', 'visitor_id', pageView, { visitorId: 'é'.repeat(101) }],
      ['URL_TOO_LONG', 'page.url', { ...pageView, page: { url: text } } as EventShape, {}],
      ['URL_TOO_LONG', 'page.referrer', { ...pageView, page: { referrer: text } } as EventShape, {}],
      ['TEXT_TOO_LONG', 'page.title', { ...pageView, page: { title: text } } as EventShape, {}],
      ['NAME_TOO_LONG', 'name', { action: { case: 'custom', value: { name: 'x'.repeat(201) } } }, {}],
      [
        'NUMBER_OUT_OF_RANGE',
        'web_vital.value',
        { action: { case: 'webVital', value: { name: 'LCP', value: NaN } } },
        {},
      ],
      ['PROPERTIES_TOO_MANY', 'properties', { ...pageView, properties: keys(256) } as EventShape, {}],
      ['PROPERTIES_TOO_DEEP', 'properties', { ...pageView, properties: deep(33) } as EventShape, {}],
      ['EXPERIMENTS_TOO_MANY', 'experiments', { ...pageView, experiments: Array(51).fill({}) } as EventShape, {}],
    ]
  test.each(broken)('%s: %s', (reason, field, event, header) => {
    const { deadLetters, rowOffsets } = digest([record(1, event, header)])
    expect(deadLetters.map((letter) => [letter.reason, letter.field])).toEqual([[reason, field]])
    expect(rowOffsets).toHaveLength(0)
  })

  test('what lies exactly at the limits is stored', () => {
    const page = { url: 'x'.repeat(8192), title: 'x'.repeat(8192), referrer: 'x'.repeat(8192) }
    const events = [
      { ...pageView, page, sessionId: 'x'.repeat(200), userId: 'é'.repeat(100) },
      { ...pageView, properties: keys(255) },
      { ...pageView, properties: deep(32) },
      { ...pageView, experiments: Array(50).fill({ experimentId: 'a', variant: 'b' }) },
    ] as EventShape[]
    expect(digest(events.map((event, offset) => record(offset, event))).deadLetters).toEqual([])
  })

  test('a record that breaks a step costs nobody else', () => {
    // Fails in the middle of the row, when half of it is written.
    const lookup = (ip: string) =>
      ip === '192.0.2.66' ? ({ country: 'PT', region: '', city: null } as never) : undefined
    const records = [record(1, pageView), record(2, pageView, { ipAddress: '192.0.2.66' }), record(3, pageView)]
    const { deadLetters, rowOffsets, rows } = digest(records, { ...tools, lookup })
    expect(rows).toEqual(digest([records[0]!, records[2]!]).rows)
    expect([...rowOffsets]).toEqual([1, 3])
    expect(deadLetters[0]).toMatchObject({ reason: 'ROW_UNSTORABLE', logOffset: 2, companyId: 1 })
  })
})

test('records are counted by company and minute before anything is decided about them', () => {
  const later = BigInt(noonUs + 60_000_000)
  const records = [
    record(0, pageView),
    record(1, { sessionId: 'no action' }),
    record(2, pageView, { companyId: 7, receivedAtUs: later }),
    record(3, pageView, { companyId: 2 ** 31 }),
    garbage,
  ]
  const { taken, latestReceivedUs } = digest(records)
  expect(taken).toEqual([
    { companyId: 1, minuteMs: noonUs / 1000, count: 2 },
    { companyId: 7, minuteMs: noonUs / 1000 + 60_000, count: 1 },
    { companyId: 0, minuteMs: noonUs / 1000, count: 1 },
    { companyId: 0, minuteMs: 0, count: 1 },
  ])
  expect(latestReceivedUs).toBe(Number(later))
})

test('no records give an empty digest', () => {
  expect(digest([])).toMatchObject({ deadLetters: [], taken: [], latestReceivedUs: 0, sessionless: [] })
})

function keys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]))
}

function deep(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = { leaf: 1 }
  for (let level = 1; level < levels; level++) value = { a: value }
  return value
}

test('the span of receipt is that of events from senders: neither replayed ones nor dead letters make it longer', () => {
  const at = (seconds: number) => ({ receivedAtUs: BigInt(noonUs + seconds * 1e6) })
  const { received } = digest([
    record(1, pageView, at(5)),
    record(2, pageView, at(-86_400)),
    record(3, pageView, { ...at(-9_000_000), replayed: true }),
    record(4, undefined, { ...at(9), rejectedReason: 'URL_TOO_LONG', rejectedBytes: new Uint8Array([1]) }),
    record(5, pageView, at(7)),
  ])
  expect(received).toEqual({ oldestUs: noonUs - 86_400e6, newestUs: noonUs + 7e6 })
  expect(digest([garbage]).received).toEqual({ oldestUs: 0, newestUs: 0 })
})
