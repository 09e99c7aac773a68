import fc from 'fast-check'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { retry } from '../../runtime/retry.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { type StagedEvent, stageEvents, takenOf } from '../../test/support/stage-events.ts'
import type { Database } from '../database.ts'
import { verifyRollups } from '../rollups.ts'

const dayMs = 86_400_000
const start = Date.UTC(2026, 0, 10)

/** Few sessions, visitors, days and times, so that everything meets everything. */
const event = fc.record({
  number: fc.nat(400),
  company: fc.constantFrom(1, 2),
  site: fc.constantFrom(1, 2),
  day: fc.nat(6),
  minute: fc.nat(3),
  sequence: fc.nat(2),
  isBot: fc.boolean(),
  type: fc.constantFrom('page_view', 'click', 'web_vital', 'custom'),
  session: fc.option(fc.nat(5), { nil: undefined }),
  visitor: fc.option(fc.nat(4), { nil: undefined }),
  user: fc.option(fc.nat(2), { nil: undefined }),
  page: fc.option(fc.constantFrom('/', '/a', '/b'), { nil: undefined }),
})

/** Real traffic: an event agrees with the others of its session, but for one in five, which differs in one thing. */
const likelyEvent = fc
  .record({ any: event, session: fc.nat(2), differs: fc.integer({ min: 0, max: 19 }) })
  .map(({ any, session, differs }): Drawn => {
    const agreeing: Drawn = { ...any, company: 1, site: 1, isBot: false, session, visitor: session, day: any.day % 2 }
    if (differs === 0) return { ...agreeing, site: 2 }
    if (differs === 1) return { ...agreeing, isBot: true }
    if (differs === 2) return { ...agreeing, visitor: any.visitor }
    return differs === 3 ? { ...agreeing, session: undefined } : agreeing
  })

type Drawn = typeof event extends fc.Arbitrary<infer T> ? T : never

/** An id belongs to one event: everything else is computed from its number's first draw. */
function toStaged(drawn: Drawn, offset: number): StagedEvent {
  return {
    companyId: drawn.company,
    siteId: drawn.site,
    eventId: `00000000-0000-7000-8000-${String(drawn.number).padStart(12, '0')}`,
    timeMs: start + drawn.day * dayMs + drawn.minute * 60_000,
    receivedMs: start + 7 * dayMs + offset * 1_000,
    offset,
    sequence: drawn.sequence,
    isBot: drawn.isBot,
    type: drawn.type,
    pagePath: drawn.page,
    sessionId: drawn.session === undefined ? undefined : `s${drawn.session}`,
    visitorId: drawn.visitor === undefined ? undefined : `v${drawn.visitor}`,
    userId: drawn.user === undefined ? undefined : `u${drawn.user}`,
  } as StagedEvent
}

interface Position {
  readonly partition: number
  readonly epoch: string
}

async function takeOver(client: pg.ClientBase, partition: number): Promise<Position> {
  const { rows } = await client.query('select * from take_over($1, $2, $3)', ['t', partition, 'test'])
  return { partition, epoch: rows[0].epoch }
}

async function apply(client: pg.ClientBase, position: Position, batch: { first: number; events: StagedEvent[] }) {
  await stageEvents(client, batch.events)
  const next = batch.first + batch.events.length
  const extra = { taken: takenOf(batch.events), dead: [], states: [], received_to_us: 0, high: next }
  const values = [
    't',
    position.partition,
    position.epoch,
    batch.first,
    next,
    Buffer.from('anchor'),
    JSON.stringify(extra),
  ]
  // Here a session lies in both partitions, so they may deadlock; the victim tries again, as a worker does.
  const { rows } = await retry(() => client.query('select * from apply_batch($1, $2, $3, $4, $5, $6, $7)', values), {
    attempts: 5,
    firstMs: 5,
    mostMs: 50,
    passing: (error) => (error as pg.DatabaseError).code === '40P01',
  })
  return rows[0] as { outcome: string; stored: number; duplicate: number }
}

/** Applies one partition's log in batches of these sizes, with a zombie's attempt after each. */
async function drain(database: Database, log: { partition: number; events: StagedEvent[]; size: number }) {
  await database.withClient(async (client) => {
    const zombie = await takeOver(client, log.partition)
    const position = await takeOver(client, log.partition)
    for (let first = 0; first < log.events.length; first += log.size) {
      const events = log.events.slice(first, first + log.size)
      expect((await apply(client, zombie, { first, events })).outcome).toBe('fenced')
      expect((await apply(client, position, { first, events })).outcome).toBe('applied')
      // The reply was lost and the batch is tried again from the old position: nothing may happen.
      expect((await apply(client, position, { first, events })).outcome).toBe('fenced')
    }
  })
}

async function distinctVisitors(database: Database, table: 'raw' | 'gaps', range: { from: string; to: string }) {
  const text =
    table === 'raw'
      ? `select count(distinct (company_id, site_id, is_bot, visitor_id)) as n from user_events
         where visitor_id is not null and (event_timestamp at time zone 'UTC')::date between $1 and $2`
      : `select coalesce(sum(visitors), 0) as n from rollup_visitor_gaps where day between $1 and $2 and previous_day < $1`
  const [row] = await database.query<{ n: string }>(text, [range.from, range.to])
  return Number(row?.n)
}

/** Makes the table of sessions as large as that of a database in use, where events of known sessions go the short way. */
async function growSessions(database: Database): Promise<void> {
  await database.query('alter table sessions set (autovacuum_enabled = false)')
  await database.query(
    `insert into sessions (company_id, session_id, site_id, started_at, ended_at, events, page_views, clicks, interactions,
       is_bot, entry_pageless, entry_at, entry_sequence, entry_event_id, exit_paged, exit_at, exit_sequence, exit_event_id)
     select 9, 's' || n, 1, now(), now(), 1, 1, 0, 0, false, true, now(), 0, gen_random_uuid(), false, now(), 0,
       gen_random_uuid()
     from generate_series(1, 6000) n`,
  )
  await database.query('delete from sessions')
  const [size] = await database.query<{ bytes: string }>(`select pg_relation_size('sessions') as bytes`)
  expect(Number(size?.bytes)).toBeGreaterThan(1024 * 1024)
}

interface Arrivals {
  readonly drawn: readonly Drawn[]
  /** Events of a batch. */
  readonly size: number
  /** The database has many sessions already. */
  readonly inUse: boolean
}

async function everythingFits({ drawn, size, inUse }: Arrivals): Promise<void> {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  if (inUse) await growSessions(database)
  const firsts = new Map<number, Drawn>()
  for (const one of drawn) if (!firsts.has(one.number)) firsts.set(one.number, one)
  const same = drawn.map((one) => firsts.get(one.number) as Drawn)
  const half = Math.floor(same.length / 2)
  const logs = [same.slice(0, half), same.slice(half)].map((events) => events.map(toStaged))
  await Promise.all(logs.map((events, partition) => drain(database, { partition, events, size })))

  const [stored] = await database.query<{ n: string }>('select count(*) as n from user_events')
  expect(Number(stored?.n)).toBe(firsts.size)
  for (const verified of await verifyRollups(database)) expect(verified).toMatchObject({ different: 0 })
  const [balance] = await database.query<{ taken: string; difference: string }>(
    `select coalesce(sum(taken), 0) as taken, coalesce(sum(taken - stored - duplicate - dead_letter), 0) as difference
         from ingest_balance`,
  )
  expect(balance).toEqual({ taken: String(drawn.length), difference: '0' })
  for (const range of [
    { from: '2026-01-10', to: '2026-01-16' },
    { from: '2026-01-11', to: '2026-01-13' },
    { from: '2026-01-14', to: '2026-01-14' },
  ]) {
    expect(await distinctVisitors(database, 'gaps', range)).toBe(await distinctVisitors(database, 'raw', range))
  }
}

test('whatever arrives, in any order and partition, each event counts once and every rollup equals the raw events', async () => {
  const arrivals = fc.record({
    drawn: fc.array(event, { maxLength: 120 }),
    size: fc.integer({ min: 1, max: 40 }),
    inUse: fc.boolean(),
  })
  await fc.assert(fc.asyncProperty(arrivals, everythingFits), { numRuns: 25 })
}, 300_000)

test('what goes the short way because its session is known counts as it would on the long one', async () => {
  const arrivals = fc.record({
    drawn: fc.array(likelyEvent, { minLength: 10, maxLength: 60 }),
    size: fc.integer({ min: 1, max: 8 }),
    inUse: fc.constant(true),
  })
  await fc.assert(fc.asyncProperty(arrivals, everythingFits), { numRuns: 60 })
}, 300_000)

test('a rebuild after damage restores every rollup', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  const events = fc
    .sample(event, { numRuns: 80, seed: 5 })
    .map((one, offset) => toStaged({ ...one, number: offset }, offset))
  await drain(database, { partition: 0, events, size: 30 })
  await database.query(`update sessions set events = events + 1 where session_id = 's1'`)
  await database.query('delete from rollup_visitor_gaps where ctid in (select ctid from rollup_visitor_gaps limit 1)')
  await database.query('update rollup_events_hourly set events = events + 1')
  const damaged = await verifyRollups(database)
  expect(damaged.filter((one) => one.different > 0).map((one) => one.rollup)).toEqual([
    'sessions',
    'rollup_events_hourly',
    'rollup_visitor_gaps',
  ])
  const { rebuildRollups } = await import('../rollups.ts')
  await rebuildRollups(database)
  for (const verified of await verifyRollups(database)) expect(verified).toMatchObject({ different: 0 })
})
