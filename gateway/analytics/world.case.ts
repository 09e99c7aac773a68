import fc from 'fast-check'
import type { Database } from '../../sql/database.ts'
import { sealDays } from '../../sql/seal-days.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import type { Reading } from './answer.ts'
import { agentKeys, type NaiveEvent, type NaivePeriod, naiveEvent, naivePeriod, toRow } from './naive.case.ts'
import { fromMicros } from './time.ts'

/** A database in which each test case gets a company of its own. */
export interface World extends AsyncDisposable {
  readonly db: Database
  readonly reading: Reading
  /** A company with the sites 1 to 3, which keep the days of these time zones. Answers its id. */
  newCompany(zones: readonly [string, string, string]): Promise<number>
  /** Stores the events in two partitions, some of them twice. Of eight companies five have no sealed days, one some, one nearly all (the first, ninth…), one both. */
  storeAll(companyId: number, events: readonly NaiveEvent[]): Promise<void>
}

export async function openWorld(): Promise<World> {
  await using opened = new AsyncDisposableStack()
  const db = opened.use(testDatabase(opened.use(await freshDatabase()).url))
  const all = opened.move()
  let company = 0
  return {
    db,
    reading: { db, progress: { completeTo: async () => undefined, unread: async () => [] }, observe: () => undefined },
    async newCompany(zones) {
      company += 1
      await db.query('insert into company (company_id, name) values ($1, $2)', [company, 'test'])
      await db.query(
        `insert into site (company_id, site_id, name, kind, time_zone)
         select $1, place, 'site', 'web', zone from unnest($2::text[]) with ordinality as zones (zone, place)`,
        [company, zones],
      )
      await db.query(
        `insert into user_agents (company_id, agent_key, browser)
         select $1, (row ->> 1)::bigint, row ->> 0 from jsonb_array_elements($2::jsonb) row`,
        [company, JSON.stringify(Object.entries(agentKeys))],
      )
      return company
    },
    async storeAll(companyId, events) {
      const rows = events.map((event) => toRow(companyId, event))
      const half = Math.floor(rows.length / 2)
      await storeEvents(db, { events: rows.slice(0, half), partition: 0 })
      if ([3, 6].includes(companyId % 8)) await sealDays(db, { forMs: 10_000, leastEvents: 1 })
      await storeEvents(db, { events: rows.slice(Math.max(0, half - 2)), partition: 1 })
      if ([1, 3].includes(companyId % 8)) await sealDays(db, { forMs: 10_000, leastEvents: 2 })
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** The period as a request says it. */
export const periodRequest = (period: NaivePeriod) => ({
  from: fromMicros(period.from),
  to: fromMicros(period.to),
  siteIds: [...period.sites],
  includeBots: period.bots,
})

/** Up to 40 events: without `size` there would be 10 at most. */
export const someEvents = fc.array(naiveEvent, { maxLength: 40, size: 'max' })
export const somePeriods = fc.array(naivePeriod, { minLength: 4, maxLength: 4 })
