-- How fast are pages for visitors?
--
-- The columns of page_speed_from_events.sql, without filters. Sealed days come from their sums: how many samples lie in each bucket of
-- the histogram, and the values themselves only of the buckets in which a percentile lies. The rest comes from the events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: sealed_speed by day; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
measures as materialized (select * from speed_measures()),
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- Each value once, before anything is computed from it.
raw as materialized (
  select m.measure, least(m.buckets + 1, greatest(1, ceil(e.value / m.width)))::int as bucket, e.value, e.n, m.good, m.poor
  from (
    select case r.event_type when 'page_view' then 'load' else r.event_name end as measure,
           (case r.event_type when 'page_view' then r.load_ms else r.value end)::float8 as value, count(*)::int as n
    from parts p
    cross join lateral (
      select r.site_id, r.is_bot, r.event_type, r.event_name, r.load_ms, r.value
      from user_events r
      where r.company_id = $1::int and r.event_timestamp >= p.from_time and r.event_timestamp < p.to_time
        and (r.event_type = 'page_view' and r.load_ms is not null or r.event_type = 'web_vital' and r.value is not null)
      offset 0
    ) r
    where not p.is_sealed and (r.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
    group by 1, 2
  ) e
  join measures m using (measure)
),
sealed as not materialized (
  select t.measure, t.bucket, t.samples, t.good, t.poor, t.values, t.of_values
  from parts p
  join sealed_speed t on p.is_sealed and t.company_id = $1::int and t.day >= p.first_day and t.day < p.end_day
    and (t.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
),
buckets as materialized (
  select *, sum(samples) over (partition by measure order by bucket) as up_to, sum(samples) over (partition by measure) as all_samples
  from (
    select measure, bucket, sum(samples) as samples, sum(good) as good, sum(poor) as poor
    from (
      select measure, bucket, samples, good, poor from sealed
      union all
      select measure, bucket, sum(n), coalesce(sum(n) filter (where value <= good), 0), coalesce(sum(n) filter (where value > poor), 0)
      from raw
      group by 1, 2
    ) counts
    group by 1, 2
  ) summed
),
-- Of each percentile, between which two samples it lies, counted from 0.
places as materialized (
  select measure, share, floor(place) as below, ceil(place) as above, place - floor(place) as part
  from (
    select measure, share, share * (max(all_samples)::float8 - 1) as place
    from buckets
    cross join unnest(array[0.5, 0.75, 0.95]::float8[]) share
    group by 1, 2
  ) p
),
wanted as materialized (
  select distinct b.measure, b.bucket, b.up_to - b.samples as before
  from buckets b
  join places p on p.measure = b.measure and b.up_to > p.below and b.up_to - b.samples <= p.above
),
in_order as materialized (
  select w.measure, v.value, w.before + sum(v.n) over (partition by w.measure, w.bucket order by v.value) as up_to
  from wanted w
  join (
    select measure, bucket, value, sum(n) as n
    from (
      select measure, bucket, unnest(values) as value, unnest(of_values) as n
      from sealed
      where (measure, bucket) in (select measure, bucket from wanted)
      union all
      select measure, bucket, value, n from raw where (measure, bucket) in (select measure, bucket from wanted)
    ) each
    group by 1, 2, 3
  ) v on v.measure = w.measure and v.bucket = w.bucket
),
percentiles as materialized (
  select measure, share, lower_value + (upper_value - lower_value) * part as value
  from (
    select p.measure, p.share, p.part, min(o.value) filter (where o.up_to > p.below) as lower_value,
           min(o.value) filter (where o.up_to > p.above) as upper_value
    from places p
    join in_order o on o.measure = p.measure
    group by 1, 2, 3
  ) v
),
figures as (
  select measure, sum(samples) as samples, sum(good) as good_samples, sum(poor) as poor_samples from buckets group by measure
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
