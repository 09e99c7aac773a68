-- How did a measure of speed go, interval by interval, counted from events one by one?
--
-- A row for each interval of the time zone that meets the period, as in time_series_from_events.sql; figures of the samples
-- in it as in page_speed.sql.
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
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/page_speed_series_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'LCP', 'UTC', 'day');") | psql
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
thresholds as materialized (select array_agg(start order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
figures as (
  select place, count(*) as samples, percentile_cont(array[0.5, 0.75, 0.95]) within group (order by value) as percentiles,
         count(*) filter (where value <= good) as good_samples, count(*) filter (where value > poor) as poor_samples
  from (
    select width_bucket(e.event_timestamp, (select starts from thresholds)) as place,
           case e.event_type when 'page_view' then e.load_ms else e.value end as value
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and case $6::text when 'load' then e.event_type = 'page_view' and e.load_ms is not null
                        else e.event_type = 'web_vital' and e.event_name = $6::text and e.value is not null end
      and true /* filters: events e */
  ) samples
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
