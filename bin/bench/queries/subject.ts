import type { Database } from '../../../sql/database.ts'

/** Whose data is asked about, and what in it. */
export interface Subject {
  readonly companyId: number
  /** The first and the last event, in ms since 1970. */
  readonly firstMs: number
  readonly lastMs: number
  /** That of the company's sites. */
  readonly timeZone: string
  /** The most frequent ones of the last day. */
  readonly country: string
  readonly browser: string
  /** One of the last day. */
  readonly sessionId: string
  readonly userId: string
  /** The midnight so many days before the last event's day, in the time zone, in ms since 1970. */
  readonly midnightMs: (daysBefore: number) => number
}

const subjectSql = `
with bounds as materialized (
  select $1::int as company_id,
         (select event_timestamp from user_events where company_id = $1::int order by event_timestamp limit 1) as first,
         (select event_timestamp from user_events where company_id = $1::int order by event_timestamp desc limit 1) as last
),
recent as materialized (
  select s.* from sessions s, bounds b
  where s.company_id = $1::int and s.started_at >= b.last - interval '1 day' and s.started_at <= b.last
)
select date_part('epoch', first) * 1e3 as first_ms, date_part('epoch', last) * 1e3 as last_ms,
       (select min(time_zone) from site where company_id = $1::int) as zone,
       (select country from recent where country is not null group by 1 order by count(*) desc limit 1) as country,
       (select browser from recent where browser is not null group by 1 order by count(*) desc limit 1) as browser,
       (select session_id from recent order by events desc limit 1) as session,
       (select user_id from recent where user_id is not null order by events desc limit 1) as person,
       array(select date_part('epoch', first_moment((last at time zone
                 coalesce((select min(time_zone) from site where company_id = $1::int), 'UTC'))::date - n,
                 coalesce((select min(time_zone) from site where company_id = $1::int), 'UTC'))) * 1e3
             from generate_series(0, 400) n order by n) as midnights
from bounds`

interface Found {
  readonly [column: string]: string | number | null | readonly number[]
  readonly midnights: readonly number[]
}

/** Looks at a company's data. @throws Error when it has no events */
export async function findSubject(database: Database, companyId: number): Promise<Subject> {
  const [row] = await database.query<Found>(subjectSql, [companyId])
  if (!row || row.first_ms === null) throw new Error(`Company ${companyId} has no events: see --company and --events.`)
  return {
    companyId,
    firstMs: Math.floor(Number(row.first_ms)),
    lastMs: Math.ceil(Number(row.last_ms)),
    timeZone: String(row.zone ?? 'UTC'),
    country: String(row.country ?? ''),
    browser: String(row.browser ?? ''),
    sessionId: String(row.session ?? ''),
    userId: String(row.person ?? ''),
    midnightMs: (daysBefore) => row.midnights[daysBefore]!,
  }
}

/** How much is stored, in bytes; `bytesPerEvent` is all of the database but what an empty one has. */
export interface Sizes {
  readonly events: number
  readonly database: number
  readonly bytesPerEvent: number
  /** With indexes, largest first; the partitions of a table are one. */
  readonly tables: readonly { readonly name: string; readonly bytes: number }[]
}

const emptyDatabaseBytes = 8_000_000

/** Looks at the disk. */
export async function findSizes(database: Database): Promise<Sizes> {
  const tables = await database.query<{ name: string; bytes: number }>(
    `select coalesce(p.relname, c.relname) as name, sum(pg_total_relation_size(c.oid))::float8 as bytes
     from pg_class c
     left join pg_inherits i on i.inhrelid = c.oid
     left join pg_class p on p.oid = i.inhparent
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
     group by 1 order by 2 desc limit 12`,
  )
  const [row] = await database.query<{ events: number; bytes: number }>(
    `select (select count(*) from stored_events)::float8 as events, pg_database_size(current_database())::float8 as bytes`,
  )
  const { events, bytes } = row!
  return { events, database: bytes, bytesPerEvent: (bytes - emptyDatabaseBytes) / Math.max(1, events), tables }
}
