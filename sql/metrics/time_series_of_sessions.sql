-- How did traffic go, interval by interval, of sessions that have something in common?
--
-- The columns of time_series_from_events.sql, for questions whose filters are all on what a session has one value of. sessions:
-- those that began in the interval and match; every figure is theirs, as in overview_of_sessions.sql: visitors are distinct ones
-- of these sessions, events and page_views are of these sessions, later than the interval too. Sealed days come from their narrow rows,
-- which know the minute of a start: no zone's hours begin within one.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone in which intervals begin
-- $7 unit text: hour, day, week or month
-- version: 1
-- reads: sealed_days, sealed_sessions_by_day, sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/time_series_of_sessions.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'day');") | psql
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
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- Each sealed day with its first moment and, if it lies in one interval, the place of that.
days as materialized (
  select p.sites, p.is_listed, z.day, z.start, case when z.first_place = z.last_place then z.first_place end as place
  from parts p
  join company_zones($1::int) c on c.sites = p.sites and c.is_listed = p.is_listed
  cross join lateral (
    select day, start, width_bucket(start, t.starts) as first_place,
           width_bucket(first_moment(day + 1, c.time_zone) - interval '1 microsecond', t.starts) as last_place
    from thresholds t
    cross join generate_series(0, p.end_day - p.first_day - 1) n
    cross join lateral (select p.first_day + n as day) d
    cross join lateral (select first_moment(day, c.time_zone) as start) m
  ) z
  where p.is_sealed
),
matching as materialized (
  select coalesce(d.place, width_bucket(d.start + s.started_minute * interval '1 minute', (select starts from thresholds))) as place,
         s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views, s.is_bounce, s.duration_us
  from days d
  join sealed_sessions s on s.company_id = $1::int and s.day = d.day and (s.site_id = any (d.sites)) = d.is_listed
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sealed s */
  union all
  select width_bucket(s.started_at, (select starts from thresholds)), s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views,
         is_bounce(s.page_views, s.interactions), duration_us(s.started_at, s.ended_at)
  from parts p
  cross join lateral (
    select * from sessions s
    where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
  where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
),
seen as (
  select place, count(*) as visitors
  from (select distinct place, site_id, is_bot, visitor_key from matching where visitor_key is not null) v
  group by place
),
begun as (
  select place, count(*) as sessions, sum(events) as events, sum(page_views) as page_views,
         count(*) filter (where is_bounce)::float8 / count(*) as bounce_rate,
         percentile_cont(0.5) within group (order by duration_us / 1000000) as median_duration_seconds
  from matching
  group by place
)
select from_time, to_time, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions,
       coalesce(page_views, 0) as page_views, coalesce(events, 0) as events, bounce_rate, median_duration_seconds
from intervals
left join begun using (place)
left join seen using (place)
order by place;
