import type pg from 'pg'
import type { Verified } from './verified.ts'

/**
 * Adds up sealed_pages anew over the days of every span whose days are chained, and compares with sealed_page_spans, in the snapshot
 * of the client's transaction. Spans are told apart by their zone's sites.
 */
export async function verifyPageSpans(client: pg.ClientBase): Promise<Verified> {
  const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
    verifySql,
  )
  const [row] = rows
  return {
    rollup: 'sealed_page_spans',
    rows: Number(row?.rows),
    different: Number(row?.different),
    example: row?.example ?? undefined,
  }
}

const measures = [
  'views visitors sessions timed time_us entries exits bounces',
  'entry_visitors entry_events entry_page_views entry_duration_us',
  'exit_visitors exit_events exit_page_views exit_bounces exit_duration_us',
].flatMap((names) => names.split(' '))

const key = 'company_id, span_days, first_day, site_id, is_bot, page'

// Of rows with key, measures and arrays of depths: the measures, and how many sessions came how far, as one value to compare.
const figuresOf = (rows: string): string => `
  select ${key}, jsonb_build_object(${measures.map((one) => `'${one}', sum(${one}) filter (where depth is null)`).join(', ')}) ||
         jsonb_build_object('depths', jsonb_object_agg(depth, n) filter (where depth is not null)) as figures
  from (
    select ${key}, depth, sum(n) as n, ${measures.map((one) => `sum(${one}) as ${one}`).join(', ')}
    from (
      select t.*, null::float8 as depth, 0 as n from ${rows} t
      union all
      select t.*, d.* from ${rows} t cross join lateral unnest(t.depths, t.of_depths) d
    ) depths
    group by ${key}, depth
  ) by_depth
  group by ${key}`

const columns = `${key}, ${measures.join(', ')}, depths, of_depths`

const verifySql = `
with
chained as materialized (
  select c.company_id, c.day, c.time_zone
  from chained_days c
  join sealed_days k on k.company_id = c.company_id and k.time_zone = c.time_zone and k.day = c.day and k.is_sealed
),
spans as materialized (
  select c.company_id, c.day - n.span_days + 1 as first_day, n.span_days, z.sites, z.is_listed
  from chained c
  cross join (values (7), (28)) n (span_days)
  cross join lateral company_zones(c.company_id) z
  where z.time_zone = c.time_zone and (c.day - date '2000-01-02') % n.span_days = 0
    and n.span_days = (
      select count(*) from chained o
      where o.company_id = c.company_id and o.time_zone = c.time_zone and o.day > c.day - n.span_days and o.day <= c.day)
),
of_spans as (
  select ${columns}
  from spans p
  join sealed_page_spans t using (company_id, span_days, first_day)
  where (t.site_id = any (p.sites)) = p.is_listed
),
of_days as (
  select ${columns}
  from spans p
  join sealed_pages t using (company_id)
  where t.day >= p.first_day and t.day < p.first_day + p.span_days and (t.site_id = any (p.sites)) = p.is_listed
),
both_sides as (
  select company_id, span_days, first_day, site_id, is_bot, coalesce(page, ''), page is null as is_total,
         (array_agg(figures) filter (where is_stored))[1] as stored, (array_agg(figures) filter (where not is_stored))[1] as recomputed
  from (
    select true as is_stored, s.* from (${figuresOf('of_spans')}) s
    union all
    select false, r.* from (${figuresOf('of_days')}) r
  ) sides
  group by 1, 2, 3, 4, 5, 6, 7
)
select count(*) as rows, count(*) filter (where stored is distinct from recomputed) as different,
       (select to_jsonb(b) from both_sides b where stored is distinct from recomputed limit 1) as example
from both_sides`
