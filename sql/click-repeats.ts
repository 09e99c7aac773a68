import type pg from 'pg'
import type { Verified } from './verified.ts'

/**
 * Computes anew, for every chained day, on which day before its visitors last clicked on each element, and for every week with sums these sums,
 * and compares with click_repeats and clicked_weeks, in the snapshot of the client's transaction. Days are told apart by their zone's sites.
 */
export async function verifyClicks(client: pg.ClientBase): Promise<Verified[]> {
  const found: Verified[] = []
  for (const [rollup, sql] of Object.entries({ click_repeats: repeatsSql, clicked_weeks: weeksSql })) {
    const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
      `with ${sql},
       both_sides as (
         select s.row as stored, r.row as recomputed from stored s full join recomputed r on r.row = s.row
       )
       select count(*) as rows, count(*) filter (where stored is null or recomputed is null) as different,
              (select to_jsonb(b) from both_sides b where stored is null or recomputed is null limit 1) as example
       from both_sides`,
    )
    const [row] = rows
    found.push({
      rollup,
      rows: Number(row?.rows),
      different: Number(row?.different),
      example: row?.example ?? undefined,
    })
  }
  return found
}

const repeatsSql = `
days as materialized (
  select c.company_id, c.day, z.sites, z.is_listed
  from chained_days c
  join sealed_days k on k.company_id = c.company_id and k.time_zone = c.time_zone and k.day = c.day and k.is_sealed
  cross join lateral company_zones(c.company_id) z
  where z.time_zone = c.time_zone
),
stored as (
  select jsonb_build_array(r.company_id, r.site_id, r.is_bot, r.element_key, r.day, u.previous_day,
           u.up_to - lag(u.up_to, 1, 0) over (partition by r.company_id, r.site_id, r.is_bot, r.element_key, r.day order by u.previous_day)) as row
  from days d
  join click_repeats r on r.company_id = d.company_id and r.day = d.day and (r.site_id = any (d.sites)) = d.is_listed
  cross join lateral unnest(r.previous_days, r.up_to) u (previous_day, up_to)
),
clicked as (
  select distinct c.company_id, c.site_id, c.is_bot, c.visitor_key, c.day, k.element_key
  from sealed_clicks c
  join click_traits t on t.company_id = c.company_id and t.trait_id = c.element_trait
  cross join lateral (values
    (click_key(coalesce(t.page_path, ''), t.element_selector)), (click_key(null, t.element_selector)), (0)) k (element_key)
  where c.visitor_key is not null
),
seen as (
  select *, lag(day) over (partition by company_id, site_id, is_bot, visitor_key, element_key order by day) as previous_day
  from clicked
),
recomputed as (
  select jsonb_build_array(s.company_id, s.site_id, s.is_bot, s.element_key, s.day, s.previous_day, count(*)) as row
  from days d
  join seen s on s.company_id = d.company_id and s.day = d.day and (s.site_id = any (d.sites)) = d.is_listed
  where s.previous_day is not null
  group by s.company_id, s.site_id, s.is_bot, s.element_key, s.day, s.previous_day
)`

const weeksSql = `
weeks as materialized (
  select w.company_id, w.time_zone, w.week, z.sites, z.is_listed
  from summed_weeks w
  cross join lateral company_zones(w.company_id) z
  where z.time_zone = w.time_zone and 7 = (
    select count(*) from sealed_days k
    where k.company_id = w.company_id and k.time_zone = w.time_zone and k.is_sealed and k.day >= w.week and k.day < w.week + 7)
),
stored as (
  select to_jsonb(c) as row
  from weeks w
  join clicked_weeks c on c.company_id = w.company_id and c.week = w.week and (c.site_id = any (w.sites)) = w.is_listed
),
recomputed as (
  select to_jsonb(c) || jsonb_build_object('company_id', w.company_id, 'week', w.week) as row
  from weeks w
  cross join lateral clicks_of_week(w.company_id, w.time_zone, w.week) c
)`
