-- How much traffic was there?
--
-- visitors: distinct visitors with an event in the period. A visitor is one visitor id on one site; what a bot sent under
--   the same id counts apart. events, page_views: events in the period.
-- sessions: sessions that began in the period; the other figures are theirs: pages_per_session (mean of their page views),
--   bounce_rate (share with one page view and no interaction, 0 to 1; web vitals are none), mean of the seconds from first to
--   last event, and their median, of whole seconds, what is over cut off. Without sessions they are null.
-- Sealed days come from sums of theirs, other whole hours of events from a rollup, whole days of visitors from another (days of
-- the site's time zone), and visitors of a sealed day that the period cuts from the minutes in which they were there; the rest comes
-- from events and sessions themselves, so a period is exact to the microsecond.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 2
-- reads: rollup_events_hourly, rollup_visitor_gaps, visitor_days, sealed_days, sealed_event_counts, sealed_session_totals and stored_events by
--   primary key; sealed_visitor_times by day; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/overview.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- What is not sealed, with its whole hours: first_hour <= hour < end_hour.
raw_parts as materialized (
  select p.*, date_trunc('hour', p.from_time - interval '1 microsecond', 'UTC') + interval '1 hour' as first_hour,
         date_trunc('hour', p.to_time, 'UTC') as end_hour
  from parts p
  where not p.is_sealed
),
-- `offset 0` below keeps Postgres from reading all events and asking of each whether it lies at an edge.
edges as materialized (
  select from_time, least(first_hour, to_time) as to_time, sites, is_listed from raw_parts where from_time < first_hour
  union all
  select end_hour, to_time, sites, is_listed from raw_parts where end_hour >= first_hour and end_hour < to_time
),
counted as (
  select coalesce(sum(n), 0) as events, coalesce(sum(n) filter (where event_type = 'page_view'), 0) as page_views
  from (
    select e.event_type, e.events as n
    from parts p
    join sealed_event_counts e on p.is_sealed and e.company_id = $1::int and e.day >= p.first_day and e.day < p.end_day
      and (e.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    union all
    select r.event_type, r.events
    from raw_parts p
    join rollup_events_hourly r on r.company_id = $1::int and r.hour >= p.first_hour and r.hour < p.end_hour
      and (r.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
    union all
    select e.event_type, 1
    from edges p
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time offset 0) e
    where (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  ) counts
),
-- The days in each zone that the period holds as a whole: first_day <= day < end_day. One that it cuts where nothing is cut off, such
-- as today up to now, is whole too. What belongs to a site that is not there counts days of UTC.
zones as materialized (
  select time_zone, array_agg(site_id) as sites, true as is_listed from site where company_id = $1::int group by time_zone
  union all
  select 'UTC', array(select site_id from site where company_id = $1::int), false
),
ends as materialized (
  select z.*,
         from_day + exists (
           select from stored_events e
           where e.company_id = $1::int and e.event_timestamp >= first_moment(from_day, z.time_zone)
             and e.event_timestamp < $3::timestamptz)::int as first_day,
         to_day + (first_moment(to_day, z.time_zone) < $4::timestamptz and not exists (
           select from stored_events e
           where e.company_id = $1::int and e.event_timestamp >= $4::timestamptz
             and e.event_timestamp < first_moment(to_day + 1, z.time_zone)))::int as end_day
  from zones z
  cross join lateral (
    select ($3::timestamptz at time zone z.time_zone)::date as from_day, ($4::timestamptz at time zone z.time_zone)::date as to_day) cut
),
days as materialized (
  select time_zone, sites, is_listed, first_day, greatest(end_day, first_day) as end_day from ends
),
-- Each visitor of the whole days counts once, on the first of them. All zones in one reading; `offset 0` keeps it one.
of_days as (
  select coalesce(sum(g.visitors), 0) as visitors
  from (
    select * from rollup_visitor_gaps g
    where g.company_id = $1::int and g.day >= (select min(first_day) from days) and g.day < (select max(end_day) from days)
      and g.previous_day < (select max(first_day) from days) offset 0
  ) g
  join days d on (g.site_id = any (d.sites)) = d.is_listed and g.day >= d.first_day and g.day < d.end_day and g.previous_day < d.first_day
  where (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
),
-- What the period holds of days that it cuts, before and after the whole days; a day on which nobody of the zone was there has none.
-- Who was there before or after which minute of a sealed day is known (is_known), and only what is left of `minute` is read raw.
cuts as materialized (
  select c.*, extract(epoch from p.moment - c.day_from)::int / 60 as minute,
         case when c.is_known and not c.is_head then p.moment else c.from_time end as raw_from,
         case when c.is_known and c.is_head then p.moment + interval '1 minute' else c.to_time end as raw_to
  from (
    select e.*, first_moment(e.day, e.time_zone) as day_from,
           e.is_listed and e.is_whole and exists (
             select from sealed_days k
             where k.company_id = $1::int and k.time_zone = e.time_zone and k.day = e.day and k.is_sealed) as is_known
    from (
      select d.*, true as is_head, d.first_day - 1 as day, $3::timestamptz as from_time,
             least(first_moment(d.first_day, d.time_zone), $4::timestamptz) as to_time,
             first_moment(d.first_day, d.time_zone) <= $4::timestamptz as is_whole
      from days d
      union all
      select d.*, false, d.end_day, greatest(first_moment(d.end_day, d.time_zone), $3::timestamptz), $4::timestamptz,
             first_moment(d.end_day, d.time_zone) >= $3::timestamptz
      from days d
    ) e
    where e.from_time < e.to_time and exists (
      select from rollup_visitor_gaps g
      where g.company_id = $1::int and g.day = e.day and (g.site_id = any (e.sites)) = e.is_listed)
  ) c
  cross join lateral (
    select date_bin(interval '1 minute', case when c.is_head then c.from_time else c.to_time end, c.day_from) as moment) p
),
-- Their visitors, unless a whole day has counted them.
of_edges as (
  select count(*) as visitors
  from (
    select t.site_id, t.is_bot, v.visitor_key, c.first_day, c.end_day
    from cuts c
    join sealed_visitor_times t on c.is_known and t.company_id = $1::int and t.day = c.day and (t.site_id = any (c.sites)) = c.is_listed
    cross join lateral unnest(t.visitor_keys, t.first_minutes, t.last_minutes) v (visitor_key, first_minute, last_minute)
    where case when c.is_head then v.last_minute > c.minute else v.first_minute < c.minute end
      and (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
    union
    select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0), c.first_day, c.end_day
    from cuts c
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= c.raw_from and e.event_timestamp < c.raw_to offset 0) e
    where (e.site_id = any (c.sites)) = c.is_listed and e.visitor_id is not null
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  ) seen
  where not exists (
    select from visitor_days v
    where v.company_id = $1::int and v.site_id = seen.site_id and v.is_bot = seen.is_bot
      and v.visitor_key = seen.visitor_key and v.day >= seen.first_day and v.day < seen.end_day
  )
),
-- Sessions from the sums of sealed days, and one by one where the period has no sealed day.
sealed as materialized (
  select t.*
  from parts p
  join sealed_session_totals t on p.is_sealed and t.company_id = $1::int and t.day >= p.first_day and t.day < p.end_day
    and (t.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
),
one_by_one as materialized (
  select s.page_views, is_bounce(s.page_views, s.interactions) as is_bounce, duration_us(s.started_at, s.ended_at) as duration_us
  from raw_parts p
  cross join lateral (
    select * from sessions s
    where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
  where (s.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
),
begun as (
  select sum(sessions)::bigint as sessions, sum(page_views)::float8 / nullif(sum(sessions), 0)::float8 as pages_per_session,
         sum(bounces)::float8 / nullif(sum(sessions), 0)::float8 as bounce_rate,
         sum(duration_us)::float8 / 1e6 / nullif(sum(sessions), 0)::float8 as mean_duration_seconds
  from (
    select sessions, page_views, bounces, duration_us from sealed
    union all
    select count(*), coalesce(sum(page_views), 0), count(*) filter (where is_bounce), coalesce(sum(duration_us), 0)
    from one_by_one
  ) both_parts
),
-- The middle of all durations, or the mean of the two in the middle, counted up from the shortest.
middle as (
  select avg(second)::float8 as median_duration_seconds
  from (
    select second, n, sum(n) over (order by second) as up_to
    from (
      select second, sum(n)::int as n
      from (
        select u.second, u.n from sealed t cross join lateral unnest(t.seconds, t.of_seconds) u (second, n)
        union all
        select (duration_us / 1000000)::int, 1 from one_by_one
      ) lengths
      group by second
    ) counted_lengths
  ) counted_up, begun
  where up_to >= (sessions + 1) / 2 and up_to - n < sessions / 2 + 1
)
select of_days.visitors + of_edges.visitors as visitors, sessions, page_views, events, pages_per_session, bounce_rate,
       median_duration_seconds, mean_duration_seconds
from counted, of_days, of_edges, begun, middle;
