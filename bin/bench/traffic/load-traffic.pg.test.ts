import { expect, test } from 'vitest'
import { createLogger } from '../../../runtime/logger.ts'
import type { Database } from '../../../sql/database.ts'
import { verifyRollups } from '../../../sql/rollups.ts'
import { stageColumns } from '../../../sql/stage.ts'
import { freshDatabase, testDatabase } from '../../../test/support/postgres.ts'
import { loadTraffic, takenSql } from './load-traffic.ts'

const logger = createLogger('test', 'silent')
const untilMs = Date.now() - 3_600_000

async function tenant(database: Database): Promise<void> {
  await database.query(`insert into company (company_id, name) values (1, 'Company')`)
  await database.query(
    `insert into site (company_id, site_id, name, kind, time_zone)
     select 1, n, 'Site', 'web', 'Europe/Berlin' from generate_series(1, 3) n`,
  )
}

/** Every table that events become as how many rows and their checksum; rows of rollups that are split in shards are summed. */
async function contents(database: Database): Promise<Record<string, string>> {
  const rowsOf = (table: string, sum: string) =>
    `select to_jsonb(t) - 'shard' - '${sum}' as row, sum(${sum}) as n from ${table} t group by 1 having sum(${sum}) <> 0`
  const sources = {
    ...Object.fromEntries(
      ['stored_events', 'user_agents', 'sessions', 'visitor_days', 'visitors', 'ingest_balance'].map((table) => [
        table,
        `select * from ${table}`,
      ]),
    ),
    rollup_events_hourly: rowsOf('rollup_events_hourly', 'events'),
    rollup_visitor_gaps: rowsOf('rollup_visitor_gaps', 'visitors'),
  }
  const found: Record<string, string> = {}
  for (const [table, source] of Object.entries(sources)) {
    const [row] = await database.query<{ found: string }>(
      `select count(*) || ' ' || md5(string_agg(t::text, ' ' order by t::text collate "C")) as found from (${source}) t`,
    )
    found[table] = row!.found
  }
  return found
}

const columns = stageColumns.map(([name]) => name).join(', ')
const agentColumns = 'company_id, agent_key::text, user_agent, device_type, browser, browser_version, os, os_version'

/** Stores what one database holds in another, in the order of the log and in small batches. */
async function sendAgain(from: Database, to: Database): Promise<void> {
  // As text: Node's numbers would change prices such as 1.50.
  const rows = await from.query<{ row: string; log_partition: number }>(
    `select log_partition, to_jsonb(e)::text as row
     from (select * from stored_events left join (select agent_key, device_type, browser, os from user_agents) a using (agent_key)) e
     order by log_partition, log_offset`,
  )
  const agents = await from.query(`select ${agentColumns} from user_agents`)
  await to.withClient(async (client) => {
    await client.query('select stage_prepare()')
    for (let partition = 0; partition < 8; partition++) {
      const { rows: positions } = await client.query(`select epoch from take_over('traffic', $1, 'test')`, [partition])
      const mine = rows.filter((row) => row.log_partition === partition)
      for (let first = 0; first < mine.length; first += 37) {
        const batch = mine.slice(first, first + 37)
        await client.query(
          `insert into stage_events (${columns}) select ${columns} from jsonb_populate_recordset(null::stage_events, $1)`,
          [`[${batch.map(({ row }) => row).join(',')}]`],
        )
        const taken = await client.query(takenSql)
        const next = first + batch.length
        const extra = {
          taken: taken.rows[0].taken,
          dead: [],
          states: [],
          agents: agents.map(Object.values),
          high: next,
        }
        const values = [partition, positions[0].epoch, first, next, JSON.stringify(extra)]
        await client.query(`select apply_batch('traffic', $1, $2, $3, $4, 'x', $5)`, values)
      }
    }
  })
}

test('traffic leaves the tables that the same events leave when they come in small batches, and rollups that are true', async () => {
  await using stack = new AsyncDisposableStack()
  const [loaded, sent] = [stack.use(await freshDatabase()), stack.use(await freshDatabase())]
  const [one, other] = [stack.use(testDatabase(loaded.url)), stack.use(testDatabase(sent.url))]
  for (const database of [one, other]) await tenant(database)
  const traffic = { events: 3_000, days: 20, untilMs, companyId: 1, siteIds: [1, 2, 3] } as const
  await loadTraffic(loaded.url, traffic, { logger, say: () => undefined })
  await sendAgain(one, other)
  expect(await contents(other)).toEqual(await contents(one))
  for (const verified of await verifyRollups(one)) expect(verified).toMatchObject({ different: 0 })
}, 300_000)

test('traffic is as wanted: five events a session, two sessions a visitor, spread over sites, days and kinds of events', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  await tenant(database)
  const traffic = { events: 20_000, days: 60, untilMs, companyId: 1, siteIds: [1, 2, 3] } as const
  await loadTraffic(fresh.url, traffic, { logger, say: () => undefined })
  const [found] = await database.query<Record<string, number>>(
    `select count(*)::int as events, count(distinct session_id)::int as sessions, count(distinct visitor_id)::int as visitors,
            count(distinct page_path)::int as pages, count(distinct event_type)::int as types,
            count(distinct site_id)::int as sites, count(distinct event_timestamp::date)::int as days,
            count(distinct country)::int as countries, max(event_timestamp) < to_timestamp($1) as past,
            (select count(*)::int from user_events_default) as outside
     from user_events`,
    [untilMs / 1e3],
  )
  expect(found).toMatchObject({ types: 8, sites: 3, outside: 0, past: true })
  expect(found!.events! / found!.sessions!).toBeGreaterThan(4.5)
  expect(found!.events! / found!.sessions!).toBeLessThan(5.5)
  expect(found!.events!).toBeGreaterThan(18_000)
  expect(found!.sessions! / found!.visitors!).toBeGreaterThan(1.5)
  expect(found!.pages).toBeGreaterThan(500)
  expect(found!.countries).toBeGreaterThan(15)
  expect(found!.days).toBeGreaterThan(55)
}, 300_000)
