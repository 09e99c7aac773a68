import type pg from 'pg'
import type { Verified } from './verified.ts'

/**
 * Computes anew, for every chained day, on which day before its visitors were last at each page, and compares with page_repeats, in the
 * snapshot of the client's transaction. Days are told apart by their zone's sites.
 */
export async function verifyPageRepeats(client: pg.ClientBase): Promise<Verified> {
  const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
    verifySql,
  )
  const [row] = rows
  return {
    rollup: 'page_repeats',
    rows: Number(row?.rows),
    different: Number(row?.different),
    example: row?.example ?? undefined,
  }
}

const verifySql = `
with
days as materialized (
  select c.company_id, c.day, z.sites, z.is_listed
  from chained_days c
  join sealed_days k on k.company_id = c.company_id and k.time_zone = c.time_zone and k.day = c.day and k.is_sealed
  cross join lateral company_zones(c.company_id) z
  where z.time_zone = c.time_zone
),
stored as (
  select r.company_id, r.site_id, r.is_bot, r.dimension, r.page_key, r.day, u.previous_day,
         u.up_to - lag(u.up_to, 1, 0) over (partition by r.company_id, r.site_id, r.is_bot, r.dimension, r.page_key, r.day
                                            order by u.previous_day) as visitors
  from days d
  join page_repeats r on r.company_id = d.company_id and r.day = d.day and (r.site_id = any (d.sites)) = d.is_listed
  cross join lateral unnest(r.previous_days, r.up_to) u (previous_day, up_to)
),
was_there as (
  select v.company_id, v.site_id, v.is_bot, 'page' as dimension, k.page_key, v.visitor_key, v.day
  from sealed_visitor_pages v
  cross join lateral unnest(v.page_keys || page_key(null)) k (page_key)
  union
  select s.company_id, s.site_id, s.is_bot, e.dimension, k.page_key, s.visitor_key, s.day
  from sealed_sessions s
  cross join lateral (values ('entry_page', s.entry_trait), ('exit_page', s.exit_trait)) e (dimension, trait_id)
  join session_traits x on x.company_id = s.company_id and x.trait_id = e.trait_id
  cross join lateral (values (page_key(coalesce(x.page, ''))), (page_key(null))) k (page_key)
  where s.visitor_key is not null
),
seen as (
  select company_id, site_id, is_bot, dimension, page_key, day,
         lag(day) over (partition by company_id, site_id, is_bot, visitor_key, dimension, page_key order by day) as previous_day
  from was_there
),
recomputed as (
  select s.company_id, s.site_id, s.is_bot, s.dimension, s.page_key, s.day, s.previous_day, count(*) as visitors
  from days d
  join seen s on s.company_id = d.company_id and s.day = d.day and (s.site_id = any (d.sites)) = d.is_listed
  where s.previous_day is not null
  group by 1, 2, 3, 4, 5, 6, 7
),
both_sides as (
  select to_jsonb(s) as stored, to_jsonb(r) as recomputed
  from stored s
  full join recomputed r using (company_id, site_id, is_bot, dimension, page_key, day, previous_day)
)
select count(*) as rows, count(*) filter (where stored is distinct from recomputed) as different,
       (select to_jsonb(b) from both_sides b where stored is distinct from recomputed limit 1) as example
from both_sides`
