-- How fast are pages for visitors, counted from events one by one?
--
-- A row for each measure: the web vitals LCP, INP, FCP and TTFB in milliseconds and CLS without unit, as events say them,
-- and load, the milliseconds to the load event that page views say. samples: how many; p50, p75, p95: percentiles of them,
-- interpolated; null without samples. good, needs_improvement, poor: samples up to the first threshold, up to the second,
-- above; the thresholds are those of https://web.dev/articles/vitals, judged there at p75; for load there are none (null).
-- histogram: how many lie in each bucket of bucket_width, each with its upper end, the first with 0; the last bucket is
-- open.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
measures as materialized (select * from speed_measures()),
samples as materialized (
  select case e.event_type when 'page_view' then 'load' else e.event_name end as measure,
         case e.event_type when 'page_view' then e.load_ms else e.value end as value
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and (e.event_type = 'page_view' and e.load_ms is not null or e.event_type = 'web_vital' and e.value is not null)
    and true /* filters: events e */
),
figures as (
  select measure, count(*) as samples, percentile_cont(array[0.5, 0.75, 0.95]) within group (order by value) as percentiles,
         count(*) filter (where value <= good) as good_samples, count(*) filter (where value > poor) as poor_samples
  from samples
  join measures using (measure)
  group by measure
),
buckets as materialized (
  select measure, bucket, count(*) as samples
  from (
    select measure, least(buckets + 1, greatest(1, ceil(value / width))) as bucket
    from samples
    join measures using (measure)
  ) placed
  group by measure, bucket
)
select m.measure, coalesce(f.samples, 0) as samples, percentiles[1] as p50, percentiles[2] as p75, percentiles[3] as p95,
       m.good as good_to, m.poor as poor_above, case when m.good is not null then coalesce(good_samples, 0) end as good,
       case when m.good is not null then coalesce(f.samples - good_samples - poor_samples, 0) end as needs_improvement,
       case when m.good is not null then coalesce(poor_samples, 0) end as poor, m.width as bucket_width,
       (select json_agg(coalesce(b.samples, 0) order by n)
        from generate_series(1, m.buckets + 1) n
        left join buckets b on b.measure = m.measure and b.bucket = n) as histogram
from measures m
left join figures f using (measure)
order by array_position(array['LCP', 'INP', 'CLS', 'FCP', 'TTFB', 'load'], m.measure);
