-- How did traffic go, day by day, week by week or month by month?
--
-- The columns of time_series_from_events.sql, without filters, for sites whose days are those of the time zone asked for.
-- Sealed days, visitors of whole intervals and whole hours of events come from rollups; the intervals that the period cuts, and hours in
-- which an interval begins (in zones beside the full hour), from the events themselves.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone, that of every site asked for
-- $7 unit text: day, week or month
-- version: 2
-- reads: rollup_events_hourly, rollup_visitor_gaps, sealed_days, sealed_event_counts, sealed_session_totals and user_events
--   by primary key;
--   sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/time_series.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'day');") | psql
with
starts as materialized (
  select distinct on (start) midnight::date as first_day, start
  from generate_series(date_trunc($7::text, $3::timestamptz at time zone $6::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $6::text, ('1 ' || $7::text)::interval) midnight
  cross join lateral (select first_moment(midnight, $6::text) as start) m
  order by start, midnight desc
),
thresholds as materialized (
  select array_agg(start order by start) as starts, array_agg(first_day order by start) as days from starts
),
intervals as materialized (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time,
         (start >= $3::timestamptz or not exists (
           select from stored_events e
           where e.company_id = $1::int and e.event_timestamp >= start and e.event_timestamp < $3::timestamptz))
         and (lead(start) over oldest is not null or not exists (
           select from stored_events e
           where e.company_id = $1::int and e.event_timestamp >= $4::timestamptz
             and e.event_timestamp < first_moment(first_day + ('1 ' || $7::text)::interval, $6::text))) as is_whole
  from starts
  window oldest as (order by start)
),
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- Hours of the rollup that belong to two intervals, or to the period or a part of it that is not sealed in part.
split_hours as materialized (
  select distinct hour
  from (
    select at, date_trunc('hour', at, 'UTC') as hour
    from (
      select unnest(array[from_time, to_time]) as at from intervals
      union all
      select unnest(array[from_time, to_time]) from parts
    ) ends
  ) cut
  where at <> hour
),
-- `offset 0` below keeps Postgres from reading all events and asking of each whether it lies in such an hour.
counted as (
  select place, sum(n) as events, sum(n) filter (where event_type = 'page_view') as page_views
  from (
    select width_bucket(e.day, (select days from thresholds)) as place, e.event_type, e.events as n
    from parts p
    join sealed_event_counts e on p.is_sealed and e.company_id = $1::int and e.day >= p.first_day and e.day < p.end_day
      and (e.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    union all
    select width_bucket(r.hour, (select starts from thresholds)), r.event_type, r.events
    from parts p
    join rollup_events_hourly r on not p.is_sealed and r.company_id = $1::int and r.hour >= p.from_time and r.hour < p.to_time
      and (r.site_id = any (p.sites)) = p.is_listed
    where r.hour not in (select hour from split_hours)
      and (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
    union all
    select width_bucket(e.event_timestamp, (select starts from thresholds)), e.event_type, 1
    from parts p
    join split_hours h on not p.is_sealed and h.hour < p.to_time and h.hour + interval '1 hour' > p.from_time
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= greatest(h.hour, p.from_time)
        and e.event_timestamp < least(h.hour + interval '1 hour', p.to_time) offset 0) e
    where (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  ) counts
  group by place
),
-- A visitor of a whole interval counts on the first of its days in the interval.
seen as (
  select place, sum(visitors) as visitors
  from (
    select width_bucket(g.day, (select days from thresholds)) as place, g.previous_day, g.visitors
    from rollup_visitor_gaps g
    where g.company_id = $1::int and g.day >= (select min(first_day) from starts)
      and g.day <= (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date
      and (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  ) gaps
  where previous_day < (select days from thresholds)[place] and place in (select place from intervals where is_whole)
  group by place
  union all
  select place, count(*)
  from (
    select distinct i.place, e.site_id, e.is_bot, e.visitor_id
    from intervals i
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= i.from_time and e.event_timestamp < i.to_time offset 0) e
    where not i.is_whole and e.visitor_id is not null
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  ) of_parts
  group by place
),
sealed as materialized (
  select width_bucket(t.day, (select days from thresholds)) as place, t.*
  from parts p
  join sealed_session_totals t on p.is_sealed and t.company_id = $1::int and t.day >= p.first_day and t.day < p.end_day
    and (t.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
),
one_by_one as materialized (
  select width_bucket(s.started_at, (select starts from thresholds)) as place,
         is_bounce(s.page_views, s.interactions) as is_bounce, duration_us(s.started_at, s.ended_at) / 1000000 as second
  from parts p
  cross join lateral (
    select * from sessions s
    where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
  where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
),
begun as (
  select place, sum(sessions)::bigint as sessions, sum(bounces)::float8 / sum(sessions)::float8 as bounce_rate
  from (
    select place, sessions, bounces from sealed
    union all
    select place, count(*), count(*) filter (where is_bounce) from one_by_one group by place
  ) both_parts
  group by place
),
-- The middle of the durations of each interval, as in overview.sql.
middle as (
  select place, avg(second)::float8 as median_duration_seconds
  from (
    select place, second, n, sum(n) over (partition by place order by second) as up_to
    from (
      select place, second, sum(n)::int as n
      from (
        select t.place, u.second, u.n from sealed t cross join lateral unnest(t.seconds, t.of_seconds) u (second, n)
        union all
        select place, second::int, 1 from one_by_one
      ) lengths
      group by place, second
    ) counted_lengths
  ) counted_up
  join begun using (place)
  where up_to >= (sessions + 1) / 2 and up_to - n < sessions / 2 + 1
  group by place
)
select from_time, to_time, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions,
       coalesce(page_views, 0) as page_views, coalesce(events, 0) as events, bounce_rate, median_duration_seconds
from intervals
left join counted using (place)
left join seen using (place)
left join begun using (place)
left join middle using (place)
order by place;
