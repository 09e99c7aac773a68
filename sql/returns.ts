import type pg from 'pg'
import type { Verified } from './verified.ts'

/**
 * Computes cohort_returns and visitor_returns anew from the days of visitors, up to the day that known_returns() answers for each
 * site, and compares, in the snapshot of the client's transaction.
 */
export async function verifyReturns(client: pg.ClientBase): Promise<Verified> {
  const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
    verifySql,
  )
  const [row] = rows
  return {
    rollup: 'returns',
    rows: Number(row?.rows),
    different: Number(row?.different),
    example: row?.example ?? undefined,
  }
}

const verifySql = `
with
known as materialized (
  select c.company_id, k.site_id, k.last_day from company c cross join lateral known_returns(c.company_id) k
),
days as materialized (
  select d.company_id, d.site_id, d.is_bot, d.visitor_key, d.day, d.previous_day, v.first_day
  from known k
  join visitor_days d on d.company_id = k.company_id and d.site_id = k.site_id and d.day <= k.last_day
  join visitors v on v.company_id = d.company_id and v.site_id = d.site_id and v.is_bot = d.is_bot and v.visitor_key = d.visitor_key
),
stored as (
  select company_id, c.site_id, is_bot, first_day, null::date as previous_day, day, visitors::text as visitors, first_of_week,
         first_of_month, second_days
  from known k join cohort_returns c using (company_id, site_id) where c.day <= k.last_day
  union all
  select company_id, r.site_id, is_bot, null, previous_day, day,
         (select array_agg(v order by v)::text from unnest(visitor_keys) v), null, null, null
  from known k join visitor_returns r using (company_id, site_id) where r.day <= k.last_day
),
recomputed as (
  select company_id, site_id, is_bot, first_day, null::date as previous_day, day, count(*)::text as visitors,
         count(*) filter (where previous_day is null or date_trunc('week', previous_day) < date_trunc('week', day)) as first_of_week,
         count(*) filter (where previous_day is null or date_trunc('month', previous_day) < date_trunc('month', day)) as first_of_month,
         count(*) filter (where previous_day = first_day) as second_days
  from days group by 1, 2, 3, 4, 6
  union all
  select company_id, site_id, is_bot, null, previous_day, day, array_agg(visitor_key order by visitor_key)::text, null, null, null
  from days where previous_day is not null group by 1, 2, 3, 5, 6
),
both_sides as (
  select s.row as stored, r.row as recomputed, s.n is distinct from r.n as differs
  from (select to_jsonb(s) as row, count(*) as n from stored s group by 1) s
  full join (select to_jsonb(r) as row, count(*) as n from recomputed r group by 1) r on r.row = s.row
)
select count(*) as rows, count(*) filter (where differs) as different,
       (select to_jsonb(b) from both_sides b where differs limit 1) as example
from both_sides`
