-- How fast are pages for visitors, of those views and web vitals that have something in common?
--
-- The columns of page_speed_from_events.sql, with filters that views and web vitals of sealed days keep. Those come from their arrays, the
-- rest from the events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: sealed_days, sealed_vitals_by_day, sealed_views_by_day, session_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed_of_views.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
measures as materialized (select * from speed_measures()),
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- How often each value was measured: load times are few different ones. Arrays that nothing is asked of are not unpacked.
counted as materialized (
  select e.measure, e.value, count(*) as n
  from (
    select v.measure, unnest(v.values) as value, unnest(case when false /* asks: page_trait */ then v.page_traits end) as page_trait, unnest(case when false /* asks: source_trait */ then v.source_traits end) as source_trait,
           unnest(case when false /* asks: client_trait */ then v.client_traits end) as client_trait, unnest(case when false /* asks: place_trait */ then v.place_traits end) as place_trait
    from parts p
    join sealed_vitals v on p.is_sealed and v.company_id = $1::int and v.measure in (select measure from measures)
      and v.day >= p.first_day and v.day < p.end_day and (v.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
  ) e
  where true /* filters: seen e */
  group by 1, 2
  union all
  select 'load', e.value, count(*)
  from (
    select unnest(v.loads_ms) as value, unnest(case when false /* asks: page_trait */ then v.page_traits end) as page_trait, unnest(case when false /* asks: source_trait */ then v.source_traits end) as source_trait,
           unnest(case when false /* asks: client_trait */ then v.client_traits end) as client_trait, v.place_trait
    from parts p
    join sealed_views v on p.is_sealed and v.company_id = $1::int and v.day >= p.first_day and v.day < p.end_day
      and (v.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
      and true /* filters: places v */
  ) e
  where e.value is not null and true /* filters: seen e */
  group by e.value
  union all
  select case e.event_type when 'page_view' then 'load' else e.event_name end,
         case e.event_type when 'page_view' then e.load_ms else e.value end, count(*)
  from parts p
  cross join lateral (
    select * from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
      and (e.event_type = 'page_view' and e.load_ms is not null or e.event_type = 'web_vital' and e.value is not null)
    offset 0
  ) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by 1, 2
),
in_order as materialized (
  select m.measure, c.value, c.n, sum(c.n) over (partition by m.measure order by c.value) as up_to,
         sum(c.n) over (partition by m.measure) as samples, m.good, m.poor,
         least(m.buckets + 1, greatest(1, ceil(c.value / m.width))) as bucket
  from (select measure, value, sum(n)::bigint as n from counted group by 1, 2) c
  join measures m using (measure)
),
-- Between which two samples a percentile lies, counted from 0, and how far.
percentiles as materialized (
  select measure, share, lower_value + (upper_value - lower_value) * part as value
  from (
    select o.measure, p.share, p.place - floor(p.place) as part, min(o.value) filter (where o.up_to > floor(p.place)) as lower_value,
           min(o.value) filter (where o.up_to > ceil(p.place)) as upper_value
    from in_order o
    cross join lateral (
      select share, share * (o.samples::float8 - 1) as place from unnest(array[0.5, 0.75, 0.95]::float8[]) share
    ) p
    group by 1, 2, p.place
  ) v
),
figures as (
  select measure, sum(n) as samples, coalesce(sum(n) filter (where value <= good), 0) as good_samples,
         coalesce(sum(n) filter (where value > poor), 0) as poor_samples
  from in_order
  group by measure
),
buckets as materialized (
  select measure, bucket, sum(n) as samples from in_order group by measure, bucket
)
select m.measure, coalesce(f.samples, 0) as samples,
       (select value from percentiles p where p.measure = m.measure and p.share = 0.5) as p50,
       (select value from percentiles p where p.measure = m.measure and p.share = 0.75) as p75,
       (select value from percentiles p where p.measure = m.measure and p.share = 0.95) as p95,
       m.good as good_to, m.poor as poor_above, case when m.good is not null then coalesce(good_samples, 0) end as good,
       case when m.good is not null then coalesce(f.samples - good_samples - poor_samples, 0) end as needs_improvement,
       case when m.good is not null then coalesce(poor_samples, 0) end as poor, m.width as bucket_width,
       (select json_agg(coalesce(b.samples, 0) order by n)
        from generate_series(1, m.buckets + 1) n
        left join buckets b on b.measure = m.measure and b.bucket = n) as histogram
from measures m
left join figures f using (measure)
order by array_position(array['LCP', 'INP', 'CLS', 'FCP', 'TTFB', 'load'], m.measure);
