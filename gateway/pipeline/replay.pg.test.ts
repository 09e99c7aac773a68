import { randomUUID } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { afterAll, expect, test } from 'vitest'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { type EnvelopeHeader, encodeRecord, sessionKey } from '../../eventlog/record.ts'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import {
  EventState,
  FindEventRequestSchema,
  ListDeadLetterGroupsRequestSchema,
  ListDeadLettersRequestSchema,
  ReplayDeadLettersRequestSchema,
  ReplayOutcome,
} from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import { expectExactlyOnce } from '../../test/support/oracle.ts'
import {
  appendAll,
  startTestWorker,
  storedToTheEnd,
  testThreads,
  type WorkerGround,
  workerGround,
} from '../../test/support/worker.ts'
import { createReadMethods } from '../analytics/read-methods.ts'
import type { EventInit } from '../ingest/sample.case.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())

const receivedMs = Date.UTC(2026, 10, 10, 9)

/** A database with company 1 (site 1 for pages, site 2 for servers) and company 2, a log, a worker, and the questions. */
async function setUp(over: Partial<EventLog> = {}) {
  await using stack = new AsyncDisposableStack()
  const on = stack.use(await workerGround(threads))
  await on.db.query(`insert into company (company_id, name) values (1, 'one'), (2, 'two')`)
  await on.db.query(`insert into site (company_id, site_id, name, kind, ip_mode)
    values (1, 1, 'pages', 'web', 'cut'), (1, 2, 'servers', 'server', 'full'), (2, 3, 'others', 'web', 'cut')`)
  await on.db.query(`insert into api_key (key_hash, prefix, company_id, site_id, kind, revoked_at)
    values ('\\x01', 'w', 1, 1, 'write', now()), ('\\x02', 's', 1, 1, 'secret', null), ('\\x03', 's', 1, 2, 'secret', null)`)
  stack.use(await startTestWorker(on))
  const log = { ...on.log, ...over }
  const { pipeline } = createReadMethods({ db: on.db, log, registry: createRegistry() })
  const release = stack.move()
  return {
    ...on,
    replay: (request: object = {}, companyId = 1) =>
      pipeline.replayDeadLetters(create(ReplayDeadLettersRequestSchema, request), { companyId }),
    groups: async (request: object = {}, companyId = 1) =>
      (await pipeline.listDeadLetterGroups(create(ListDeadLetterGroupsRequestSchema, request), { companyId })).groups!,
    letters: async (request: object = {}, companyId = 1) =>
      (await pipeline.listDeadLetters(create(ListDeadLettersRequestSchema, request), { companyId })).deadLetters!,
    find: (eventId: string) => pipeline.findEvent(create(FindEventRequestSchema, { eventId }), { companyId: 1 }),
    [Symbol.asyncDispose]: () => release.disposeAsync(),
  }
}

type Ground = Awaited<ReturnType<typeof setUp>>

const eventBytes = (event: EventInit = {}): Uint8Array =>
  toBinary(
    EventSchema,
    create(EventSchema, {
      eventId: randomUUID(),
      eventTime: timestampFromMs(receivedMs - 5_000),
      sessionId: 's1',
      visitorId: 'v1',
      action: { case: 'pageView', value: {} },
      ...event,
    }),
  )

const header = (over: Partial<EnvelopeHeader> = {}): EnvelopeHeader => ({
  companyId: 1,
  siteId: 1,
  receivedAtUs: BigInt(receivedMs) * 1_000n + 7n,
  eventId: new Uint8Array(),
  eventTimeUs: 0n,
  contractVersion: 1,
  ...over,
})

const write = (on: WorkerGround, ...values: Uint8Array[]) =>
  appendAll(
    on.log,
    values.map((value, at) => ({ partition: at % on.log.partitions, key: sessionKey(1, `${at}`), value })),
  )

/** Puts on the log what a gateway with stricter rules made of these bytes, and waits until it is a dead letter. */
async function rejected(on: Ground, bytes: readonly Uint8Array[], over: Partial<EnvelopeHeader> = {}): Promise<void> {
  const why = { rejectedReason: 'EXPERIMENTS_TOO_MANY', rejectedField: 'experiments', rejectedMessage: 'too many' }
  await write(on, ...bytes.map((rejectedBytes) => encodeRecord(header({ ...why, rejectedBytes, ...over }), undefined)))
  await storedToTheEnd(on.db, on.log)
}

/** Forgets that anything was replayed, as a gateway killed between the log's answer and its note does. */
const loseNotes = (on: Ground) => on.db.query('update dead_letters set replayed_at = null, replayed_outcome = null')

test('what a later rule allows is stored once, with its own id, time and receive time; the letter stays, with a note', async () => {
  await using on = await setUp()
  const eventId = randomUUID()
  await rejected(on, [eventBytes({ eventId })], { eventId: Buffer.from(eventId.replaceAll('-', ''), 'hex') })
  const [group, ...others] = await on.groups()
  expect(others).toEqual([])
  expect(group).toMatchObject({ reason: 'EXPERIMENTS_TOO_MANY', field: 'experiments', letters: 1, replayed: 0 })
  expect(await on.find(eventId)).toMatchObject({
    state: EventState.DEAD_LETTER,
    deadLetterId: group!.exampleIds![0],
  })

  expect(await on.replay({ dryRun: true })).toMatchObject({ accepted: 1, letters: [{ eventId }], next: '' })
  expect((await on.letters())[0]).toMatchObject({ replayedOutcome: '' })
  expect((await on.log.watermarks()).reduce((sum, { high }) => sum + high, 0)).toBe(1)

  const answer = await on.replay()
  expect(answer).toMatchObject({
    accepted: 1,
    letters: [{ id: group!.exampleIds![0], outcome: ReplayOutcome.REPLAY_ACCEPTED, eventId }],
  })
  expect([EventState.ON_LOG, EventState.STORED]).toContain((await on.find(eventId)).state)
  await expectExactlyOnce({ ...on, ids: [eventId], deadLetters: 1 })
  const stored = await on.db.query(
    `select event_timestamp = to_timestamp($1 / 1000.0) as at, received_at = to_timestamp($2 / 1000.0) + '7 us' as received,
            session_id, visitor_id from user_events`,
    [receivedMs - 5_000, receivedMs],
  )
  expect(stored).toEqual([{ at: true, received: true, session_id: 's1', visitor_id: 'v1' }])
  expect(await on.letters()).toEqual([])
  expect(await on.letters({ includeReplayed: true })).toMatchObject([{ replayedOutcome: 'accepted' }])
  expect(await on.groups()).toEqual([])
  expect(await on.groups({ includeReplayed: true })).toMatchObject([{ letters: 0, replayed: 1 }])
  expect(await on.replay()).toMatchObject({ accepted: 0, letters: [] })
})

test('replayed twice at once, and again after the notes were lost, events are stored once, those without an id too', async () => {
  await using on = await setUp()
  const eventIds = Array.from({ length: 20 }, () => randomUUID())
  const json = JSON.stringify({ pageView: {}, visitorId: 'v2' })
  await rejected(on, [
    ...eventIds.map((eventId) => eventBytes({ eventId })),
    eventBytes({ eventId: '', eventTime: undefined as never }),
    Buffer.from(json),
  ])
  const answers = await Promise.all([on.replay(), on.replay()])
  const ids = answers[0].letters!.map((letter) => letter.eventId!)
  expect(new Set(ids).size).toBe(22)
  expect(ids).toEqual(expect.arrayContaining(eventIds))
  await loseNotes(on)
  expect((await on.replay()).letters!.map((letter) => letter.eventId)).toEqual(ids)
  await expectExactlyOnce({ ...on, ids, deadLetters: 22 })
})

test('a row that Postgres refused goes back as the record it was, once the cause is gone', async () => {
  await using on = await setUp()
  await on.db.query(`alter table stored_events add constraint no_poison check (page_title <> 'poison')`)
  const eventId = randomUUID()
  const known = {
    eventId: Buffer.from(eventId.replaceAll('-', ''), 'hex'),
    eventTimeUs: BigInt(receivedMs) * 1_000n - 3n,
    ipAddress: '203.0.113.0',
    userAgent: 'Mozilla/5.0',
    visitorId: 'hash of the day',
  }
  const bytes = eventBytes({ eventId: '', page: { title: 'poison' } as never })
  await write(on, encodeRecord(header(known), bytes))
  await storedToTheEnd(on.db, on.log)
  expect(await on.groups()).toMatchObject([{ reason: 'ROW_UNSTORABLE', letters: 1 }])

  // Still refused: it is accepted by the gateway's rules, and becomes a dead letter of its own.
  expect(await on.replay()).toMatchObject({ accepted: 1 })
  await storedToTheEnd(on.db, on.log)
  expect(await on.groups()).toMatchObject([{ reason: 'ROW_UNSTORABLE', letters: 1, replayed: 1 }])

  await on.db.query('alter table stored_events drop constraint no_poison')
  expect(await on.replay()).toMatchObject({ accepted: 1, letters: [{ eventId }] })
  await expectExactlyOnce({ ...on, ids: [eventId], deadLetters: 2 })
  const [stored] = await on.db.query('select host(ip_address) as ip, user_agent, visitor_id from user_events')
  expect(stored).toEqual({ ip: '203.0.113.0', user_agent: 'Mozilla/5.0', visitor_id: 'hash of the day' })
})

test('what still breaks a rule stays, with the present reason; what was cut can never be replayed', async () => {
  await using on = await setUp()
  await rejected(on, [
    eventBytes({ eventId: 'no uuid' }),
    Buffer.from(JSON.stringify({ pageView: {}, propertys: { a: 1 } })),
    // Another number than the one that was sent must not slip in.
    Buffer.from('{"pageView":{},"properties":{"a":1e999}}'),
    new Uint8Array(),
  ])
  await rejected(on, [Buffer.from(eventBytes()).subarray(0, 40)], { rejectedReason: 'EVENT_TOO_LARGE' })
  await rejected(on, [eventBytes()], { siteId: 99 })
  const answer = await on.replay()
  expect(answer).toMatchObject({ accepted: 0, rejected: 4, notReplayable: 2 })
  expect(answer.letters!.map((letter) => letter.reason ?? letter.message).sort()).toEqual([
    'ACTION_MISSING',
    'EVENT_ID_INVALID',
    'EVENT_UNDECODABLE',
    'Its site does not exist.',
    'NUMBER_OUT_OF_RANGE',
    'Only its first 40 bytes were kept.',
  ])
  const outcomes = (await on.letters()).map((letter) => letter.replayedOutcome).sort()
  expect(outcomes).toEqual(['not_replayable', 'not_replayable', 'rejected', 'rejected', 'rejected', 'rejected'])
  expect(await on.replay()).toMatchObject({ rejected: 4, notReplayable: 2 })
  await expectExactlyOnce({ ...on, ids: [], deadLetters: 6 })
})

test('only dead letters of the caller are replayed, and garbage of nobody is not shown to anyone', async () => {
  await using on = await setUp()
  await rejected(on, [eventBytes()])
  await write(on, Buffer.from('garbage'))
  await storedToTheEnd(on.db, on.log)
  const [letter] = await on.letters()
  expect(await on.replay({}, 2)).toMatchObject({ letters: [] })
  expect(await on.replay({ ids: [letter!.id!] }, 2)).toMatchObject({ letters: [] })
  expect(await on.groups({ includeReplayed: true }, 2)).toEqual([])
  expect(await on.replay()).toMatchObject({ accepted: 1, letters: [{ id: letter!.id }] })
})

test("bytes of a sender that look like a record are judged as an event: nobody makes up a gateway's facts", async () => {
  await using on = await setUp()
  const forged = (companyId: number) =>
    encodeRecord(
      header({ companyId, siteId: companyId === 1 ? 1 : 3, eventId: Buffer.alloc(16, 7), ipAddress: '192.0.2.1' }),
      eventBytes(),
    )
  await rejected(on, [forged(1), forged(2)])
  expect(await on.replay()).toMatchObject({ accepted: 0, rejected: 2 })
})

test("a visitor's address is taken only where no page could have sent it", async () => {
  await using on = await setUp()
  const bytes = eventBytes({ device: { ipAddress: '198.51.100.9' } as never })
  await rejected(on, [bytes])
  await rejected(on, [bytes], { siteId: 2 })
  expect(await on.replay()).toMatchObject({ accepted: 1, rejected: 1 })
  await storedToTheEnd(on.db, on.log)
  expect(await on.db.query('select site_id, host(ip_address) as ip from user_events')).toEqual([
    { site_id: 2, ip: '198.51.100.9' },
  ])
  expect((await on.replay()).letters).toMatchObject([{ reason: 'IP_ADDRESS_NOT_ALLOWED' }])
})

test('a dead letter of which the log says nothing is not noted, and is replayed the next time', async () => {
  let down = true
  await using on = await setUp({
    append: (records, options) =>
      down
        ? Promise.resolve(records.map(() => ({ status: 'unknown', cause: 'made up' })))
        : on.log.append(records, options),
  })
  const eventId = randomUUID()
  await rejected(on, [eventBytes({ eventId })])
  expect(await on.replay()).toMatchObject({ accepted: 0, retry: 1 })
  expect(await on.letters()).toMatchObject([{ replayedOutcome: '' }])
  down = false
  expect(await on.replay()).toMatchObject({ accepted: 1, retry: 0 })
  await expectExactlyOnce({ ...on, ids: [eventId], deadLetters: 1 })
})

test('pages by `next` meet every letter once, by reason, field and ids, and are cut at 4 MiB', async () => {
  await using on = await setUp()
  const plain = Array.from({ length: 7 }, () => eventBytes())
  await rejected(on, plain)
  await rejected(on, plain.slice(0, 2), { rejectedReason: 'URL_TOO_LONG', rejectedField: '' })
  const seen: string[] = []
  let after = ''
  do {
    const page = await on.replay({ limit: 2, dryRun: true, after })
    expect(page.letters!.length).toBeLessThanOrEqual(2)
    seen.push(...page.letters!.map((letter) => letter.id!))
    after = page.next!
  } while (after !== '')
  const all = (await on.letters()).map((letter) => letter.id!)
  expect(seen.toSorted()).toEqual(all.toSorted())
  const count = async (request: object) => (await on.replay({ dryRun: true, ...request })).letters!.length
  expect(await count({ reason: 'URL_TOO_LONG' })).toBe(2)
  const [url] = (await on.groups()).filter((group) => group.reason === 'URL_TOO_LONG')
  expect(await count({ reason: 'URL_TOO_LONG', keptUntil: url!.lastSeen })).toBe(2)
  expect(await count({ keptUntil: { seconds: 0n, nanos: 0 } })).toBe(0)
  expect(await count({ field: '' })).toBe(2)
  expect(await count({ field: 'experiments' })).toBe(7)
  expect(await count({ ids: [seen[0], seen[8], seen[0]] })).toBe(2)
  expect(await count({ ids: [seen[0]], reason: 'URL_TOO_LONG' })).toBe(0)

  await on.db.query(`update dead_letters set payload = decode(repeat('00', 1500000), 'hex')`)
  const big = await on.replay({ dryRun: true })
  expect([big.letters!.length, big.next !== '']).toEqual([2, true])
})

test('conditions that cannot be are refused', async () => {
  await using on = await setUp()
  for (const wrong of [{ limit: 1_001 }, { ids: ['a/b/c'] }, { after: 'x' }, { reason: "x'" }]) {
    await expect(on.replay(wrong)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' })
  }
  await expect(on.replay({ field: 'a\0b' })).resolves.toMatchObject({ letters: [] })
})

test('a letter kept before its site became stricter is replayed as the site keeps events by now', async () => {
  await using on = await setUp()
  await on.db.query(`alter table stored_events add constraint no_poison check (page_title <> 'poison')`)
  const sent = (title: string) =>
    eventBytes({
      page: { title, url: 'https://example.com/?token=sesame&ref=1' } as never,
      properties: { mail: 'sesame', plan: 'pro' },
      visitorId: 'sesame',
    })
  const known = { eventId: Buffer.alloc(16, 9), eventTimeUs: BigInt(receivedMs) * 1_000n }
  const gatewaysFacts = { ...known, ipAddress: '203.0.113.7', visitorId: 'sesame' }
  await write(on, encodeRecord(header(gatewaysFacts), sent('poison')))
  await rejected(on, [sent('as bytes')])
  await on.db.query('alter table stored_events drop constraint no_poison')
  await on.db.query(`update site set cookieless = true, query_parameters = '{ref}', denied_properties = '{mail,"a,b"}'`)
  expect(await on.replay()).toMatchObject({ accepted: 2 })
  await storedToTheEnd(on.db, on.log)
  const asked = 'select page_title, page_url, host(ip_address) as ip, visitor_id, metadata from user_events order by 1'
  const now = { page_url: 'https://example.com/?ref=1', visitor_id: null, metadata: { plan: 'pro' } }
  expect(await on.db.query(asked)).toEqual([
    { page_title: 'as bytes', ip: null, ...now },
    { page_title: 'poison', ip: '203.0.113.0', ...now },
  ])
})
