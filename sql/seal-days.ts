import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Database } from './database.ts'
import { sealedTables } from './sealed-tables.ts'
import { fill, prepareStage, stageDay, type WhichDay } from './stage-day.ts'

/** How much is sealed in one go. */
export interface SealOptions {
  /** No further day is begun after so many ms. */
  readonly forMs: number
  /** Days with fewer events stay raw. Absent: 1,000, which take a few milliseconds to read. */
  readonly leastEvents?: number
  /** Only days that have waited so long, in ms, so that a running import is not followed step by step. Absent: 0. */
  readonly waitedMs?: number
  readonly signal?: AbortSignal
}

/** What was done. */
export interface Sealed {
  readonly sealed: number
  /** Days that changed meanwhile: they wait on. */
  readonly changed: number
  /** Too few events: they stay raw, and wait no more. */
  readonly small: number
  /** Days that still wait. */
  readonly waiting: number
}

interface MarkedDay {
  readonly company_id: number
  readonly time_zone: string
  readonly day: string
  readonly mark: string
}

const usualLeastEvents = 1_000
const daysAtOnce = 20
const advisoryLock = 7_305_120
/** How long a writer is waited for that began before the marks; a batch takes fractions of a second. */
const mostWaitMs = 30_000

/**
 * Seals days that are over: computes the tables of sql/sealed for them. One at a time, wherever it is called; undefined while
 * another one is at it. Safe against writers without any lock that they would notice:
 *
 * 1. The days are marked, and the marks committed.
 * 2. Who began to write before that is waited for: such a writer may not have seen the mark.
 * 3. Each day is computed and, if its mark is still there, sealed, in one transaction. Who stores something of the day from
 *    (1) on takes the mark away (`reopen_days`), and either waits at that row for (3), or makes (3) come to nothing.
 */
export async function sealDays(database: Database, options: SealOptions): Promise<Sealed | undefined> {
  return database.withClient(async (client) => {
    const [lock] = (await client.query('select pg_try_advisory_lock($1) as taken', [advisoryLock])).rows
    if (!lock.taken) return undefined
    const done = await sealInTurn(client, options)
    await client.query('select pg_advisory_unlock($1)', [advisoryLock])
    return done
  })
}

async function sealInTurn(client: pg.ClientBase, options: SealOptions): Promise<Sealed> {
  const { forMs, leastEvents = usualLeastEvents, signal } = options
  const untilMs = performance.now() + forMs
  const done = { sealed: 0, changed: 0, small: 0 }
  const isOver = (): boolean => performance.now() >= untilMs || signal?.aborted === true
  await client.query('select register_days($1)', [leastEvents])
  const begun = await client.query<{ now: string }>('select now()::text as now')
  while (!isOver()) {
    const marked = await markDays(client, options.waitedMs ?? 0, begun.rows[0]!.now)
    if (marked.length === 0 || !(await writersEnded(client, isOver))) break
    await prepareStage(client)
    for (const day of marked) {
      if (isOver()) break
      done[await sealDay(client, day, leastEvents)] += 1
    }
  }
  await chainDays(client, isOver)
  const { rows } = await client.query<{ waiting: number }>(
    'select count(*)::int as waiting from sealed_days where not is_sealed',
  )
  return { ...done, waiting: rows[0]!.waiting }
}

/** At least a step, so that days come into the chain while others keep the sealer busy. */
async function chainDays(client: pg.ClientBase, isOver: () => boolean): Promise<void> {
  let days: number
  do {
    const { rows } = await client.query<{ days: number }>(
      `select coalesce(sum(chain_days(company_id, time_zone)), 0)::int as days from (${unchainedSql}) zones`,
    )
    days = rows[0]!.days
  } while (days > 0 && !isOver())
}

/** The latest first: they are asked for most. A day that was reopened since we began is left for the next time. */
async function markDays(client: pg.ClientBase, waitedMs: number, begun: string): Promise<MarkedDay[]> {
  const { rows } = await client.query<MarkedDay>(
    `update sealed_days k set mark = pg_current_xact_id()
     from (select company_id, time_zone, day from sealed_days
           where not is_sealed and waits_since <= $3::timestamptz - $2::float8 * interval '1 millisecond'
           order by day desc, company_id, time_zone limit $1 for update skip locked) w
     where k.company_id = w.company_id and k.time_zone = w.time_zone and k.day = w.day
     returning k.company_id, k.time_zone, k.day::text, k.mark::text`,
    [daysAtOnce, waitedMs, begun],
  )
  return rows.toSorted((one, other) => (one.day < other.day ? 1 : -1))
}

/** Waits until every transaction has ended that writes now. False: it takes too long, and the days wait for the next time. */
async function writersEnded(client: pg.ClientBase, isOver: () => boolean): Promise<boolean> {
  const { rows } = await client.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next')
  const untilMs = performance.now() + mostWaitMs
  while (performance.now() < untilMs && !isOver()) {
    const ended = await client.query<{ all: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as all',
      [rows[0]!.next],
    )
    if (ended.rows[0]!.all) return true
    await sleep(20)
  }
  return false
}

async function sealDay(
  client: pg.ClientBase,
  day: MarkedDay,
  leastEvents: number,
): Promise<'sealed' | 'changed' | 'small'> {
  const which: WhichDay = [day.company_id, day.time_zone, day.day]
  const ours = 'company_id = $1 and time_zone = $2 and day = $3 and mark = $4::xid8'
  await client.query('begin')
  const { rows } = await client.query<{ enough: boolean }>(enoughSql, [...which, leastEvents])
  const isSmall = !rows[0]!.enough
  // What later days say of visitors who were here before may not be true any more.
  await client.query('select unchain_days($1, $2, $3)', [...which])
  if (!isSmall) await stageDay(client, which)
  await client.query({ name: 'clear sealed tables', text: clearSql, values: [...which] })
  if (!isSmall) for (const table of sealedTables) await fill(client, table, which)
  const { rowCount } = await client.query(
    isSmall
      ? `delete from sealed_days where ${ours}`
      : `update sealed_days set is_sealed = true, mark = null where ${ours}`,
    [...which, day.mark],
  )
  if (rowCount === 0) {
    await client.query('rollback')
    return 'changed'
  }
  await client.query('commit')
  return isSmall ? 'small' : 'sealed'
}

const clearSql = `
with z as materialized (select * from company_zones($1::int) where time_zone = $2::text)
${sealedTables
  .map(
    (table, index) => `, cleared_${index} as (
  delete from ${table} t using z where t.company_id = $1::int and t.day = $3::date and (t.site_id = any (z.sites)) = z.is_listed)`,
  )
  .join('')}
select 1`

const unchainedSql = `
select company_id, time_zone from sealed_days k
where k.is_sealed and not exists (
  select from chained_days c where c.company_id = k.company_id and c.time_zone = k.time_zone and c.day = k.day)
group by 1, 2 order by 1, 2`

const enoughSql = `
select coalesce(sum(r.events), 0) >= $4 as enough
from company_zones($1::int) z
join rollup_events_hourly r on r.company_id = $1 and r.hour >= first_moment($3::date, $2::text)
  and r.hour < first_moment($3::date + 1, $2::text) and (r.site_id = any (z.sites)) = z.is_listed
where z.time_zone = $2::text`
