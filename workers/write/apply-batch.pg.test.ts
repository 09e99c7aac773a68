import { afterAll, expect, test } from 'vitest'
import type { LogRecord } from '../../eventlog/eventlog.ts'
import { type KnownEvent, logRecord, mixedEvents } from '../../test/support/log-events.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { testThreads, workerLogger } from '../../test/support/worker.ts'
import { processBatch } from '../pipeline.ts'
import { openWriteSession } from './session.ts'

const threads = testThreads()
afterAll(() => threads[Symbol.asyncDispose]())

/** A database, a write session on it that holds partition 0, and records to store. */
async function setUp(count = 100) {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await freshDatabase())
  const db = stack.use(testDatabase(url))
  const session = await openWriteSession({
    url,
    applicationName: 'writer',
    queryTimeoutMs: 1_000,
    logger: workerLogger,
  })
  stack.defer(() => session.close())
  const { rows } = await session.client.query(`select epoch from take_over('t', 0, 'writer')`)
  const sent = mixedEvents(count, Number.POSITIVE_INFINITY)
  const store = (of: { first: number; next: number; epoch?: number }) =>
    processBatch(threads, session, {
      topic: 't',
      partition: 0,
      epoch: of.epoch ?? Number(rows[0].epoch),
      first: of.first,
      next: of.next,
      anchor: null,
      records: asRecords(sent).slice(of.first, of.next),
      high: sent.length,
    })
  const release = stack.move()
  return { db, session, sent, store, [Symbol.asyncDispose]: () => release.disposeAsync() }
}

const asRecords = (events: readonly KnownEvent[]): LogRecord[] =>
  events.map((event, offset) => ({ ...logRecord(event, 1), offset }))

const count = async (on: Awaited<ReturnType<typeof setUp>>, table: string) =>
  Number((await on.db.query<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n)

test('a batch is stored once: the same batch again, an old epoch or another offset is fenced and changes nothing', async () => {
  await using on = await setUp()
  expect(await on.store({ first: 0, next: 60 })).toMatchObject({
    outcome: 'applied',
    stored: 60,
    duplicate: 0,
    deadLetter: 0,
    reasons: [],
  })
  expect(await on.store({ first: 0, next: 60 })).toMatchObject({ outcome: 'fenced' })
  expect(await on.store({ first: 60, next: 100, epoch: 0 })).toMatchObject({ outcome: 'fenced' })
  expect(await on.store({ first: 70, next: 100 })).toMatchObject({ outcome: 'fenced' })
  expect(await count(on, 'user_events')).toBe(60)
  expect(await on.store({ first: 60, next: 100 })).toMatchObject({ stored: 40 })
})

test('rows that Postgres refuses become dead letters with their record, the others are stored, the offset advances', async () => {
  await using on = await setUp()
  const poison = [0, 17, 18, 99]
  const ids = poison.map((at) => `'${on.sent[at]!.eventId}'`).join(', ')
  await on.db.query(`alter table stored_events add constraint poison check (event_id not in (${ids})) not valid`)
  expect(await on.store({ first: 0, next: 100 })).toMatchObject({
    outcome: 'applied',
    stored: 96,
    duplicate: 0,
    deadLetter: 4,
    reasons: Array.from({ length: 4 }, () => 'ROW_UNSTORABLE'),
  })
  const letters = await on.db.query<Record<string, unknown>>('select * from dead_letters order by log_offset')
  expect(letters.map((letter) => Number(letter.log_offset))).toEqual(poison)
  expect(letters[1]).toMatchObject({
    company_id: 1,
    site_id: 1,
    event_id: on.sent[17]!.eventId,
    reason: 'ROW_UNSTORABLE',
    message: expect.stringContaining('23514'),
  })
  expect(Buffer.isBuffer(letters[1]!.payload) && letters[1]!.payload.includes('https://example.com/a')).toBe(true)
  const [balance] = await on.db.query(
    'select sum(taken - stored - duplicate - dead_letter)::int as difference, sum(taken)::int as taken from ingest_balance',
  )
  expect(balance).toEqual({ difference: 0, taken: 100 })
  const [position] = await on.db.query('select next_offset::int from ingest_partition')
  expect(position).toEqual({ next_offset: 100 })
})

test('values the staging table itself refuses are found too', async () => {
  await using on = await setUp()
  await on.session.client.query(
    `alter table stage_events add constraint poison check (event_id <> '${on.sent[42]!.eventId}')`,
  )
  expect(await on.store({ first: 0, next: 100 })).toMatchObject({ outcome: 'applied', stored: 99, deadLetter: 1 })
})

test('a partition lost while bad rows are searched is fenced, and nothing is stored', async () => {
  await using on = await setUp()
  await on.db.query(
    `alter table stored_events add constraint poison check (event_id <> '${on.sent[3]!.eventId}') not valid`,
  )
  await on.db.query(`select * from take_over('t', 0, 'somebody else')`)
  expect(await on.store({ first: 0, next: 100 })).toMatchObject({ outcome: 'fenced' })
  expect([await count(on, 'user_events'), await count(on, 'dead_letters')]).toEqual([0, 0])
})

test('a fault that is not the rows’ is thrown and nothing becomes a dead letter', async () => {
  await using on = await setUp()
  await on.db.withClient(async (client) => {
    await client.query('begin; lock table stored_events in access exclusive mode')
    await expect(on.store({ first: 0, next: 100 })).rejects.toThrow(/timeout/)
    await client.query('rollback')
  })
  on.session.drop()
  expect([await count(on, 'user_events'), await count(on, 'dead_letters')]).toEqual([0, 0])
})

test('a deadlock is tried again on the rows already staged', async () => {
  await using on = await setUp()
  await on.db.query(`
    create sequence tried;
    create function fail_twice() returns trigger language plpgsql as $$
    begin
      if nextval('tried') <= 2 then raise exception 'made up' using errcode = '40P01'; end if;
      return null;
    end $$;
    create trigger fail_twice before update on ingest_partition for each statement execute function fail_twice()`)
  expect(await on.store({ first: 0, next: 100 })).toMatchObject({ outcome: 'applied', stored: 100 })
})
