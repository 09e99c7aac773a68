-- For which pages, devices or countries is a measure of speed good or poor, counted from events one by one?
--
-- By path as the file stands; by any dimension of events as the question says; '' where an event has none. Figures of one
-- measure as in page_speed.sql. Values with fewer samples than the least are left out, but counted in the last row,
-- is_total, which is of all samples; values: how many are not left out.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 measure text: LCP, INP, CLS, FCP, TTFB or load
-- $7 least_samples integer: leave out values with fewer
-- $8 order_by text: samples or p75; greatest first, equals by value
-- $9 row_limit integer: how many rows
-- $10 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed_breakdown_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'LCP', 1, 'samples', 50, 0);") | psql
with
measures as materialized (select * from speed_measures()),
samples as (
  select coalesce(e.page_path, '') /* by: events e */ as grouped,
         case e.event_type when 'page_view' then e.load_ms else e.value end as value
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and case $6::text when 'load' then e.event_type = 'page_view' and e.load_ms is not null
                      else e.event_type = 'web_vital' and e.event_name = $6::text and e.value is not null end
    and true /* filters: events e */
),
groups as materialized (
  select grouped, grouping(grouped) = 1 as is_total, count(*) as samples,
         percentile_cont(array[0.5, 0.75, 0.95]) within group (order by value) as percentiles,
         count(*) filter (where value <= good) as good_samples, count(*) filter (where value > poor) as poor_samples
  from samples
  join measures on measure = $6::text
  group by grouping sets (grouped, ())
),
shown as (
  select *, case $8::text when 'p75' then percentiles[2] else samples end as rank
  from groups
  where is_total or samples >= $7::int
),
cut as (
  (select * from shown where not is_total order by rank desc, grouped collate "C" limit $9::int offset $10::int)
  union all
  select * from shown where is_total
)
select is_total, coalesce(grouped, '') as value, case when is_total then (select count(*) - 1 from shown) end as values,
       samples, percentiles[1] as p50, percentiles[2] as p75, percentiles[3] as p95,
       case when $6::text <> 'load' then good_samples end as good,
       case when $6::text <> 'load' then samples - good_samples - poor_samples end as needs_improvement,
       case when $6::text <> 'load' then poor_samples end as poor
from cut
order by is_total, rank desc, grouped collate "C";
