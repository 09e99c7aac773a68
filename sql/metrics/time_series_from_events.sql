-- How did traffic go, interval by interval, counted from events and sessions one by one?
--
-- A row for each interval of the time zone that meets the period, cut to the period. Weeks begin on Monday. An hour that the
-- clocks repeat is two rows, one that they leave out is none; a day whose midnight occurs twice begins at the first.
-- visitors: distinct visitors with an event in the interval; events, page_views: events in it. sessions, bounce_rate and
-- median_duration_seconds (of whole seconds): of the sessions that began in it. Filters as in overview_from_events.sql.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone in which intervals begin
-- $7 unit text: hour, day, week or month
-- version: 2
-- reads: user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/time_series_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'day');") | psql
with
starts as materialized (
  select date_trunc('hour', at, $6::text) as start
  from generate_series(date_trunc('hour', $3::timestamptz, $6::text), $4::timestamptz - interval '1 microsecond',
                       interval '15 minutes') at
  where $7::text = 'hour'
  union
  select first_moment(midnight, $6::text)
  from generate_series(date_trunc($7::text, $3::timestamptz at time zone $6::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $6::text, ('1 ' || $7::text)::interval) midnight
  where $7::text <> 'hour'
),
thresholds as materialized (select array_agg(start order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
counted as (
  select place, count(*) filter (where visitor_id is not null) as visitors, sum(events) as events,
         sum(page_views) as page_views
  from (
    select width_bucket(e.event_timestamp, (select starts from thresholds)) as place, e.site_id, e.is_bot, e.visitor_id,
           count(*) as events, count(*) filter (where e.event_type = 'page_view') as page_views
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    group by 1, e.site_id, e.is_bot, e.visitor_id
  ) seen
  group by place
),
begun as (
  select place, count(*) as sessions,
         count(*) filter (where page_views = 1 and interactions = 0)::float8 / count(*) as bounce_rate,
         percentile_cont(0.5) within group (order by floor(seconds)) as median_duration_seconds
  from (
    select width_bucket(s.started_at, (select starts from thresholds)) as place, s.page_views, s.interactions,
           date_part('epoch', s.ended_at - s.started_at) as seconds
    from sessions s
    where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) matching
  group by place
)
select from_time, to_time, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions,
       coalesce(page_views, 0) as page_views, coalesce(events, 0) as events, bounce_rate, median_duration_seconds
from intervals
left join counted using (place)
left join begun using (place)
order by place;
