import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { retry } from '../runtime/retry.ts'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'
import { type EventRow, storeEvents } from '../test/support/store-events.ts'
import type { Database } from './database.ts'
import { rebuildRollups, verifyRollups } from './rollups.ts'
import { sealDays } from './seal-days.ts'
import { verifySealedDays } from './sealed-tables.ts'

const sealAll = { forMs: 20_000, leastEvents: 1 }
const march = Date.UTC(2026, 2, 28)
const hourMs = 3_600_000

/** Sites 1 to 3 of a company, in three zones; 4 is not there, and belongs to one of them all the same. */
async function makeSites(db: Database): Promise<void> {
  await db.query(`insert into company (company_id, name) values (1, 'one')`)
  await db.query(
    `insert into site (company_id, site_id, name, kind, time_zone)
     values (1, 1, 'a', 'web', 'Europe/Berlin'), (1, 2, 'b', 'web', 'Asia/Kathmandu'), (1, 3, 'c', 'web', 'Atlantic/Azores')`,
  )
}

/** Few sessions and hours, so that sessions move to other starts, days and sites. */
const event: fc.Arbitrary<EventRow> = fc
  .record({
    hour: fc.nat(96),
    site: fc.integer({ min: 1, max: 4 }),
    session: fc.nat(5),
    page: fc.constantFrom(null, '/', '/a'),
    isBot: fc.constantFrom(false, false, true),
    type: fc.constantFrom('page_view', 'page_view', 'click', 'form_submit'),
  })
  .map(({ hour, site, session, page, isBot, type }) => ({
    event_type: type,
    element_selector: type === 'page_view' ? null : '#buy',
    event_timestamp: new Date(march + hour * hourMs).toISOString(),
    site_id: site,
    session_id: `s${session}`,
    visitor_id: `v${session % 2}`,
    page_path: page,
    is_bot: isBot,
  }))
const batch = fc.array(event, { minLength: 1, maxLength: 4 })

const differences = (db: Database) =>
  db.transaction('begin isolation level repeatable read, read only', async (client) =>
    (await verifySealedDays(client)).filter((one) => one.different > 0),
  )

/** As a worker does: here a session lies in both partitions, and the victim of a deadlock tries again. */
const store = (db: Database, events: EventRow[], partition: number) =>
  retry(() => storeEvents(db, { events, partition }), {
    attempts: 10,
    firstMs: 5,
    mostMs: 50,
    passing: (error) => (error as pg.DatabaseError).code === '40P01',
  })

test('while writers and two sealers run, every snapshot finds sealed days equal to the raw rows, and at last all are', async () => {
  let sealed = 0
  let changed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 4, maxLength: 14, size: 'max' }), async (batches) => {
      await using fresh = await freshDatabase()
      await using db = testDatabase(fresh.url, { maxConnections: 8 })
      await makeSites(db)
      let writing = true
      const seal = async (): Promise<void> => {
        while (writing) {
          const done = await sealDays(db, sealAll)
          sealed += done?.sealed ?? 0
          changed += done?.changed ?? 0
          await sleep(1)
        }
      }
      const look = async (): Promise<void> => {
        while (writing) expect(await differences(db)).toEqual([])
      }
      const write = async (partition: number): Promise<void> => {
        for (const [index, events] of batches.entries()) if (index % 2 === partition) await store(db, events, partition)
      }
      const others = Promise.all([seal(), seal(), look()])
      await Promise.all([write(0), write(1)])
      writing = false
      await others
      expect(await differences(db)).toEqual([])
      expect(await sealDays(db, sealAll)).toMatchObject({ waiting: 0 })
      for (const verified of await verifyRollups(db)) expect(verified).toMatchObject({ different: 0 })
    }),
    { numRuns: 15, endOnFailure: true },
  )
  expect(sealed).toBeGreaterThan(0)
  expect(changed).toBeGreaterThanOrEqual(0)
}, 300_000)

test('a writer that stores something before its day is marked and commits after it is waited for', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await makeSites(db)
  const at = new Date(march).toISOString()
  await storeEvents(db, { events: [{ event_timestamp: at, session_id: 's1' }] })
  let sealing: Promise<unknown> | undefined
  await db.transaction('begin', async (client) => {
    await client.query(
      `insert into sessions select (jsonb_populate_record(s, '{"session_id": "s2"}')).* from sessions s`,
    )
    await client.query(`select reopen_days(array[row(1, 1, '${at}')::touched_moment])`)
    sealing = sealDays(db, sealAll)
    await sleep(300)
    const marked = await db.query('select mark is not null as marked, is_sealed from sealed_days')
    expect(marked).toEqual([{ marked: true, is_sealed: false }])
  })
  expect(await sealing).toMatchObject({ sealed: 1, waiting: 0 })
  const [row] = await db.query<{ sessions: string }>('select sessions from sealed_session_totals')
  expect(row?.sessions).toBe('2')
})

test('a day that changes while it is sealed is not sealed', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await makeSites(db)
  const events = [{ event_timestamp: new Date(march).toISOString(), session_id: 's1' }]
  await storeEvents(db, { events })
  // The sealer waits for this transaction with its marks set; meanwhile another writer comes and goes.
  let sealing: Promise<unknown> | undefined
  await db.transaction('begin', async (client) => {
    await client.query(`insert into company (company_id, name) values (2, 'holds the sealer up')`)
    sealing = sealDays(db, sealAll)
    await sleep(300)
    await storeEvents(db, { events: [{ ...events[0]!, session_id: 's2' }] })
  })
  expect(await sealing).toMatchObject({ sealed: 0, changed: 1, waiting: 1 })
  expect(await sealDays(db, sealAll)).toMatchObject({ sealed: 1, waiting: 0 })
})

test('one seals at a time', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await db.withClient(async (client) => {
    await client.query('select pg_advisory_lock(7305120)')
    expect(await sealDays(db, sealAll)).toBeUndefined()
    await client.query('select pg_advisory_unlock(7305120)')
  })
  expect(await sealDays(db, sealAll)).toMatchObject({ sealed: 0, waiting: 0 })
})

const stored = (db: Database, ago: number, session: string, events = 1) =>
  storeEvents(db, {
    events: Array.from({ length: events }, () => ({
      event_timestamp: new Date(Date.now() - ago * hourMs).toISOString(),
      session_id: session,
    })),
  })

test('a day waits for half a day after its end, and a small one stays raw', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await makeSites(db)
  const days = () =>
    db.query(`select (now() at time zone time_zone)::date - day as ago from sealed_days where is_sealed order by 1`)
  for (const ago of [0, 24, 48, 72]) await stored(db, ago, `of-${ago}`, 3)
  expect(await sealDays(db, { forMs: 20_000, leastEvents: 4 })).toMatchObject({ sealed: 0, small: 3, waiting: 0 })
  expect(await days()).toEqual([])
  await stored(db, 72, 'of-72', 1)
  expect(await sealDays(db, { forMs: 20_000, leastEvents: 4 })).toMatchObject({ sealed: 1, small: 0, waiting: 0 })
  expect(await days()).toEqual([{ ago: 3 }])
})

test('an event of now in a session of an old day reopens that day, and a running import is let alone for a while', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await makeSites(db)
  await stored(db, 72, 'long')
  expect(await sealDays(db, { ...sealAll, waitedMs: 60_000 })).toMatchObject({ sealed: 0, waiting: 1 })
  expect(await sealDays(db, sealAll)).toMatchObject({ sealed: 1, waiting: 0 })
  await stored(db, 0, 'long')
  expect(await sealDays(db, { ...sealAll, waitedMs: 60_000 })).toMatchObject({ sealed: 0, waiting: 1 })
  expect(await differences(db)).toEqual([])
})

test('what may have changed the meaning of a day takes its seal: another zone, a site more or less, a rebuild', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await makeSites(db)
  await stored(db, 72, 'old', 2)
  const sealedNow = async () => (await sealDays(db, sealAll))?.sealed
  expect(await sealedNow()).toBe(1)
  expect(await sealedNow()).toBe(0)
  for (const change of [
    `update site set time_zone = 'Asia/Tokyo' where site_id = 1`,
    `insert into site (company_id, site_id, name, kind) values (1, 9, 'new', 'web')`,
    `delete from site where site_id = 2`,
  ]) {
    await db.query(change)
    expect(await differences(db)).toEqual([])
    expect(await sealedNow()).toBe(1)
  }
  await db.query(`update site set name = 'renamed' where site_id = 1`)
  expect(await sealedNow()).toBe(0)
  await rebuildRollups(db)
  expect(await sealedNow()).toBe(1)
})
