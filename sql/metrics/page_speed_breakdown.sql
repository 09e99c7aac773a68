-- For which pages, devices or countries is a measure of speed good or poor?
--
-- The columns of page_speed_breakdown_from_events.sql, by dimensions and with filters that views and web vitals of sealed days keep. Those
-- come from their arrays, the rest from the events.
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
-- reads: sealed_days, sealed_vitals_by_day, sealed_views_by_day, session_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed_breakdown.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'LCP', 1, 'samples', 50, 0);") | psql
with
measures as materialized (select * from speed_measures()),
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
names as materialized (
  select x.trait_id, coalesce(x.page, '') /* by: trait */ as grouped from session_traits x where x.company_id = $1::int
),
samples as materialized (
  select n.grouped, page_key(n.grouped) as grouped_key, e.value
  from (
    select e.page_trait /* by: trait */ as trait_id, e.value
    from (
      select unnest(v.values) as value, unnest(v.page_traits) as page_trait, unnest(v.source_traits) as source_trait,
             unnest(v.client_traits) as client_trait, unnest(v.place_traits) as place_trait
      from parts p
      join sealed_vitals v on p.is_sealed and $6::text <> 'load' and v.company_id = $1::int and v.measure = $6::text
        and v.day >= p.first_day and v.day < p.end_day and (v.site_id = any (p.sites)) = p.is_listed
      where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
    ) e
    where true /* filters: seen e */
    union all
    select e.page_trait /* by: trait */, e.value
    from (
      select unnest(v.loads_ms) as value, unnest(v.page_traits) as page_trait, unnest(v.source_traits) as source_trait,
             unnest(v.client_traits) as client_trait, v.place_trait
      from parts p
      join sealed_views v on p.is_sealed and $6::text = 'load' and v.company_id = $1::int
        and v.day >= p.first_day and v.day < p.end_day and (v.site_id = any (p.sites)) = p.is_listed
      where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
        and true /* filters: places v */
    ) e
    where e.value is not null and true /* filters: seen e */
  ) e
  join names n using (trait_id)
  union all
  select r.grouped, page_key(r.grouped), r.value
  from (
    select coalesce(e.page_path, '') /* by: events e */ as grouped,
           case e.event_type when 'page_view' then e.load_ms else e.value end as value
    from parts p
    cross join lateral (
      select * from user_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
        and case $6::text when 'load' then e.event_type = 'page_view' and e.load_ms is not null
                          else e.event_type = 'web_vital' and e.event_name = $6::text and e.value is not null end
      offset 0
    ) e
    where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
  ) r
),
-- By 64 bits, which are sorted faster than texts.
groups as materialized (
  select min(grouped) as grouped, grouping(grouped_key) = 1 as is_total, count(*) as samples,
         percentile_cont(array[0.5, 0.75, 0.95]) within group (order by value) as percentiles,
         count(*) filter (where value <= good) as good_samples, count(*) filter (where value > poor) as poor_samples
  from samples
  join measures on measure = $6::text
  group by grouping sets (grouped_key, ())
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
