import type { Logger } from '../../runtime/logger.ts'
import { type Database, openDatabase } from '../../sql/database.ts'

/** Events of a stored visitor: two sessions of five, on two days that follow each other. */
export const eventsPerVisitor = 10

/** Visitors to be stored: those numbered from `from` to before `to`. Visitor n belongs to company n modulo their number. */
export interface Filling {
  readonly from: number
  readonly to: number
  /** Nothing more is begun after this moment, in ms since 1970. */
  readonly untilMs: number
  /** Nothing more is begun once it fires. */
  readonly signal?: AbortSignal
}

const pieceVisitors = 20_000
const connections = 2
/** Vacuum of the largest month. */
const queryTimeoutMs = 1_800_000

/** Makes companies with a site and a write key each: the key of the nth is `keyPrefix` and n, counted from 0. */
export async function makeCompanies(database: Database, count: number, keyPrefix: string): Promise<void> {
  await database.query(
    `with made as (insert into company (name) select 'Company ' || n from generate_series(1, $1) n returning company_id),
     site as (insert into site (company_id, name, kind) select company_id, 'Website', 'web' from made
              returning company_id, site_id)
     select row_number() over (order by company_id) - 1 as nth, company_id, site_id into table growth_company from site`,
    [count],
  )
  await database.query('alter table growth_company add primary key (nth)')
  await database.query(
    `insert into api_key (key_hash, prefix, company_id, site_id, kind)
     select sha256(convert_to($1 || nth, 'UTF8')), 'uf_growth', company_id, site_id, 'write' from growth_company`,
    [keyPrefix],
  )
  await database.query(
    `insert into user_agents (company_id, agent_key, user_agent, device_type, browser, browser_version, os)
     select company_id, 1,
       'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
       'desktop', 'Chrome', '140', 'Windows'
     from growth_company`,
  )
}

/**
 * Stores visitors with their events, sessions and rollups by plain SQL, spread over the last half year: as many rows of the
 * same kinds as workers would have stored, and rollups that equal their recomputation. Resolves with how many visitors
 * there are now; fewer than wanted when the time was over.
 */
export async function fill(url: string, filling: Filling, logger: Logger): Promise<number> {
  const { from, to, untilMs, signal } = filling
  await using database = openDatabase({
    url,
    maxConnections: connections,
    queryTimeoutMs,
    session: { synchronous_commit: 'off', work_mem: '128MB' },
    applicationName: 'growth',
    logger,
  })
  let next = from
  const work = async (shard: number): Promise<void> => {
    while (next < to && Date.now() < untilMs && !signal?.aborted) {
      const first = next
      next = Math.min(to, first + pieceVisitors)
      await fillPiece(database, { shard, first, end: next, from, to })
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, shard) => work(shard)))
  await database.query('vacuum analyze stored_events, sessions, visitor_days, visitors, rollup_events_hourly')
  await database.query('checkpoint')
  return next
}

async function fillPiece(
  database: Database,
  piece: { shard: number; first: number; end: number; from: number; to: number },
): Promise<void> {
  await database.transaction('begin', async (client) => {
    await client.query(pieceSql, [piece.first, piece.end - 1, piece.from, piece.to - piece.from])
    for (const text of insertSql) await client.query(text)
    for (const text of rollupSql) await client.query(text, [piece.shard])
    await client.query('drop table growth_session')
  })
}

/** A row a session. Sessions stay within an hour, so a day and an hour hold each as a whole. */
const pieceSql = `
create temp table growth_session as
select c.company_id, c.site_id, visitor, visitor * 2 + half as session,
       'v' || left(md5('v' || visitor), 12) as visitor_id, 's' || left(md5('s' || (visitor * 2 + half)), 12) as session_id,
       half, t.first_at + make_interval(days => half) as at
from generate_series($1::bigint, $2::bigint) visitor
cross join generate_series(0, 1) half
join growth_company c on c.nth = visitor % (select count(*) from growth_company)
cross join lateral (
  select date_trunc('hour', now() - interval '182 days' + interval '180 days' * ((visitor - $3) / $4::float8), 'UTC')
         + make_interval(mins => (visitor % 50)::int) as first_at
) t`

/** What all rows of a visitor say of where they come from and of the device. */
const from = `'news.example', 'referral', 'spring', 'email'`
const place = `'DE', 'BE', 'Berlin'`
const source = `${from}, 'desktop', 'Chrome', 'Windows', ${place}`
const path = `'/products/' || session % 500`

const insertSql = [
  `insert into stored_events (
     company_id, event_timestamp, event_id, site_id, log_partition, log_offset, received_at, sequence, is_bot, text_repaired,
     event_type, event_name, session_id, visitor_id, page_url, page_path, page_title, referrer_domain, channel,
     utm_source, utm_medium, country, region, city, agent_key, language, time_zone,
     screen, viewport, element_selector, element_text, x_coordinate, y_coordinate, metadata)
   select company_id, at + nth * interval '30 seconds', md5(session || '.' || nth)::uuid, site_id, session % 8,
          session * 5 + nth, at + nth * interval '30 seconds', nth + 1, false, false,
          (array['page_view', 'page_view', 'click', 'page_view', 'custom'])[nth + 1],
          case when nth = 4 then 'signup' end, session_id, visitor_id, 'https://www.example.com' || ${path}, ${path},
          'Product ' || session % 500, ${from}, ${place}, 1, 'de-DE', 'Europe/Berlin', '1920x1080', '1600x900', case when nth = 2 then 'button#buy' end,
          case when nth = 2 then 'Buy now' end, case when nth = 2 then 400 end, case when nth = 2 then 300 end,
          case when nth = 4 then '{"plan": "basic", "seats": 3}'::jsonb end
   from growth_session cross join generate_series(0, 4) nth
   order by at, session, nth`,
  `insert into sessions (
     company_id, session_id, site_id, visitor_key, visitor_id, started_at, ended_at, events, page_views, clicks, interactions,
     is_bot, entry_pageless, entry_at, entry_sequence, entry_event_id, entry_page, referrer_domain, channel, utm_source,
     utm_medium, device_type, browser, os, country, region, city, exit_paged, exit_at, exit_sequence, exit_event_id, exit_page)
   select company_id, session_id, site_id, hashtextextended(visitor_id, 0), visitor_id, at, at + interval '120 seconds', 5, 3, 1,
          2, false, false, at, 1, md5(session || '.0')::uuid, ${path}, ${source}, true, at + interval '120 seconds', 5,
          md5(session || '.4')::uuid, ${path}
   from growth_session order by company_id, session_id`,
  `insert into visitor_days (
     company_id, site_id, is_bot, visitor_key, day, previous_day, entry_pageless, entry_at, entry_sequence, entry_event_id,
     entry_page, referrer_domain, channel, device_type, browser, os, country, region, city)
   select company_id, site_id, false, hashtextextended(visitor_id, 0), (at at time zone 'UTC')::date,
          case when half = 1 then (at at time zone 'UTC')::date - 1 end, false, at, 1, md5(session || '.0')::uuid, ${path},
          'news.example', 'referral', 'desktop', 'Chrome', 'Windows', 'DE', 'BE', 'Berlin'
   from growth_session order by 1, 2, 3, 4, 5`,
  `insert into visitors (company_id, site_id, is_bot, visitor_key, first_day, last_day)
   select company_id, site_id, false, hashtextextended(visitor_id, 0), (at at time zone 'UTC')::date,
          (at at time zone 'UTC')::date + 1
   from growth_session where half = 0 order by 1, 2, 3, 4`,
]

const rollupSql = [
  `insert into rollup_events_hourly as r (company_id, site_id, hour, event_type, event_name, is_bot, shard, events)
   select company_id, site_id, date_trunc('hour', at, 'UTC'), kind.type, kind.name, false, $1, count(*) * kind.each
   from growth_session
   cross join (values ('page_view', '', 3), ('click', '', 1), ('custom', 'signup', 1)) as kind (type, name, each)
   group by company_id, site_id, date_trunc('hour', at, 'UTC'), kind.type, kind.name, kind.each
   order by 1, 3, 2, 4, 5
   on conflict (company_id, hour, site_id, event_type, event_name, is_bot, shard)
   do update set events = r.events + excluded.events`,
  `insert into rollup_visitor_gaps as g (company_id, site_id, is_bot, day, previous_day, shard, visitors)
   select company_id, site_id, false, (at at time zone 'UTC')::date,
          case when half = 1 then (at at time zone 'UTC')::date - 1 else '-infinity' end, $1, count(*)
   from growth_session group by 1, 2, 4, 5 order by 1, 4, 5, 2
   on conflict (company_id, day, previous_day, site_id, is_bot, shard)
   do update set visitors = g.visitors + excluded.visitors`,
]
