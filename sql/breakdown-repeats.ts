import type pg from 'pg'
import type { Verified } from './verified.ts'

/**
 * Computes anew, for every chained day, on which day before its visitors last had a session, or an event, with each value, and compares
 * with breakdown_repeats, in the snapshot of the client's transaction. Days are told apart by their zone's sites.
 */
export async function verifyBreakdownRepeats(client: pg.ClientBase): Promise<Verified> {
  const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
    verifySql,
  )
  const [row] = rows
  return {
    rollup: 'breakdown_repeats',
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
  select r.company_id, r.site_id, r.is_bot, r.dimension, r.value_key, r.day, u.previous_day,
         u.up_to - lag(u.up_to, 1, 0) over (partition by r.company_id, r.site_id, r.is_bot, r.dimension, r.value_key, r.day
                                            order by u.previous_day) as visitors
  from days d
  join breakdown_repeats r on r.company_id = d.company_id and r.day = d.day and (r.site_id = any (d.sites)) = d.is_listed
  cross join lateral unnest(r.previous_days, r.up_to) u (previous_day, up_to)
),
named as materialized (
  select c.company_id, v.trait_id, v.dimension, v.value_key
  from (select distinct company_id from days) c
  cross join lateral trait_values(c.company_id) v
),
named_sets as materialized (
  select c.company_id, v.set_id, v.dimension, v.value_key
  from (select distinct company_id from days) c
  cross join lateral set_values(c.company_id) v
),
was_there as (
  select distinct s.company_id, s.site_id, s.is_bot, n.dimension, n.value_key, s.visitor_key, s.day
  from sealed_sessions s
  cross join lateral unnest(array[0, s.source_trait, s.client_trait, s.place_trait]) t (trait_id)
  join named n on n.company_id = s.company_id and n.trait_id = t.trait_id
  where s.visitor_key is not null
  union
  select s.company_id, s.site_id, s.is_bot, n.dimension, n.value_key, s.visitor_key, s.day
  from (
    select company_id, site_id, is_bot, visitor_key, day, happened_set, seen_set from sealed_sessions
    union all
    select company_id, site_id, is_bot, visitor_key, day, happened_set, seen_set from sealed_other_values
  ) s
  join named_sets n on n.company_id = s.company_id and n.set_id in (s.happened_set, s.seen_set)
),
seen as (
  select company_id, site_id, is_bot, dimension, value_key, day,
         lag(day) over (partition by company_id, site_id, is_bot, visitor_key, dimension, value_key order by day) as previous_day
  from was_there
),
recomputed as (
  select s.company_id, s.site_id, s.is_bot, s.dimension, s.value_key, s.day, s.previous_day, count(*) as visitors
  from days d
  join seen s on s.company_id = d.company_id and s.day = d.day and (s.site_id = any (d.sites)) = d.is_listed
  where s.previous_day is not null
  group by 1, 2, 3, 4, 5, 6, 7
),
both_sides as (
  select to_jsonb(s) as stored, to_jsonb(r) as recomputed
  from stored s
  full join recomputed r using (company_id, site_id, is_bot, dimension, value_key, day, previous_day)
)
select count(*) as rows, count(*) filter (where stored is distinct from recomputed) as different,
       (select to_jsonb(b) from both_sides b where stored is distinct from recomputed limit 1) as example
from both_sides`
