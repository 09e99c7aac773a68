-- How did a measure of speed go, interval by interval?
--
-- The columns of page_speed_series_from_events.sql, with filters that views and web vitals of sealed days keep. Those come from their
-- arrays, which know the minute of each, the rest from the events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 measure text: LCP, INP, CLS, FCP, TTFB or load
-- $7 time_zone text: zone of the intervals
-- $8 unit text: hour, day, week or month
-- version: 1
-- reads: sealed_days, sealed_vitals_by_day, sealed_views_by_day, session_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed_series.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'LCP', 'UTC', 'day');") | psql
with
measures as materialized (select * from speed_measures()),
starts as materialized (
  select date_trunc('hour', at, $7::text) as start
  from generate_series(date_trunc('hour', $3::timestamptz, $7::text), $4::timestamptz - interval '1 microsecond',
                       interval '15 minutes') at
  where $8::text = 'hour'
  union
  select first_moment(midnight, $7::text)
  from generate_series(date_trunc($8::text, $3::timestamptz at time zone $7::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $7::text, ('1 ' || $8::text)::interval) midnight
  where $8::text <> 'hour'
),
-- In whole minutes since 1970, as intervals begin on one.
thresholds as materialized (select array_agg((date_part('epoch', start) / 60)::int order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
-- Where a day begins is looked up once a row (`offset 0`), not for each of its samples.
parts as materialized (
  select p.*, z.time_zone
  from period_parts($1::int, $3::timestamptz, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
),
samples as materialized (
  select e.day_starts + e.minute as minute, e.value
  from (
    select d.day_starts, unnest(v.minutes) as minute, unnest(v.values) as value,
           unnest(v.page_traits) as page_trait, unnest(v.source_traits) as source_trait, unnest(v.client_traits) as client_trait,
           unnest(v.place_traits) as place_trait
    from parts p
    join sealed_vitals v on p.is_sealed and $6::text <> 'load' and v.company_id = $1::int and v.measure = $6::text
      and v.day >= p.first_day and v.day < p.end_day and (v.site_id = any (p.sites)) = p.is_listed
    cross join lateral (select (date_part('epoch', first_moment(v.day, p.time_zone)) / 60)::int as day_starts offset 0) d
    where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
  ) e
  where true /* filters: seen e */
  union all
  select e.day_starts + e.minute, e.value
  from (
    select d.day_starts, unnest(v.minutes) as minute, unnest(v.loads_ms) as value,
           unnest(v.page_traits) as page_trait, unnest(v.source_traits) as source_trait, unnest(v.client_traits) as client_trait,
           v.place_trait
    from parts p
    join sealed_views v on p.is_sealed and $6::text = 'load' and v.company_id = $1::int
      and v.day >= p.first_day and v.day < p.end_day and (v.site_id = any (p.sites)) = p.is_listed
    cross join lateral (select (date_part('epoch', first_moment(v.day, p.time_zone)) / 60)::int as day_starts offset 0) d
    where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
      and true /* filters: places v */
  ) e
  where e.value is not null and true /* filters: seen e */
  union all
  select floor(date_part('epoch', e.event_timestamp) / 60)::int, case e.event_type when 'page_view' then e.load_ms else e.value end
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
),
figures as (
  select place, count(*) as samples, percentile_cont(array[0.5, 0.75, 0.95]) within group (order by value) as percentiles,
         count(*) filter (where value <= good) as good_samples, count(*) filter (where value > poor) as poor_samples
  from (select width_bucket(minute, (select starts from thresholds)) as place, value from samples) placed
  join measures on measure = $6::text
  group by place
)
select from_time, to_time, coalesce(samples, 0) as samples, percentiles[1] as p50, percentiles[2] as p75, percentiles[3] as p95,
       case when $6::text <> 'load' then coalesce(good_samples, 0) end as good,
       case when $6::text <> 'load' then coalesce(samples - good_samples - poor_samples, 0) end as needs_improvement,
       case when $6::text <> 'load' then coalesce(poor_samples, 0) end as poor
from intervals
left join figures using (place)
order by place;
