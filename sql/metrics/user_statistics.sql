-- How many people are active, new and signed up?
--
-- Visitors are known by a browser: distinct visitor ids on one site, bots apart. Users are signed in: distinct user ids.
-- daily, weekly, monthly: with an event in the last 1, 7 and 30 days before the end of the period, which are days of the time
-- zone and may begin before the period; stickiness: daily by monthly, null without any.
-- new_visitors: visitors of the period of whom nothing is stored before it; returning_visitors: its other visitors.
-- signups: users whose first custom event of the given name lies in the period.
-- Whole days of visitors come from a rollup (days of the site's time zone), sealed days of users from a row for each of them; the
-- rest comes from the events themselves.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 signup_event text: name of the custom event of a person who signs up
-- version: 2
-- reads: rollup_visitor_gaps, visitor_days, visitors and user_events by primary key; sealed_user_days and sealed_ways by day
-- psql: (echo prepare q as; cat sql/metrics/user_statistics.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'signup');") | psql
with
-- The last 1, 7 and 30 days, by the calendar, and the period; all end at the same moment.
windows as materialized (
  select name, from_time
  from (select $4::timestamptz at time zone $6::text as ending) e
  cross join lateral (
    values ('day', first_moment(ending - interval '1 day', $6::text)), ('week', first_moment(ending - interval '7 days', $6::text)),
           ('month', first_moment(ending - interval '30 days', $6::text)), ('period', $3::timestamptz)
  ) w (name, from_time)
),
-- The days in each zone of the company's sites that a window holds as a whole: first_day <= day < end_day. One that it cuts where
-- nothing is cut off, such as today up to now, is whole too. What is left: from_time to head_to, and tail_from to the end.
days as materialized (
  select name, from_time, time_zone, from_day, first_day, greatest(end_day, first_day) as end_day,
         least(first_moment(first_day, time_zone), $4::timestamptz) as head_to,
         greatest(first_moment(greatest(end_day, first_day), time_zone), from_time) as tail_from
  from (
    select name, from_time, time_zone, from_day,
           from_day + exists (
             select from stored_events e
             where e.company_id = $1::int and e.event_timestamp >= first_moment(from_day, starts.time_zone)
               and e.event_timestamp < starts.from_time)::int as first_day,
           to_day + (first_moment(to_day, starts.time_zone) < $4::timestamptz and not exists (
             select from stored_events e
             where e.company_id = $1::int and e.event_timestamp >= $4::timestamptz
               and e.event_timestamp < first_moment(to_day + 1, starts.time_zone)))::int as end_day
    from (
      select w.name, w.from_time, z.time_zone, (w.from_time at time zone z.time_zone)::date as from_day,
             ($4::timestamptz at time zone z.time_zone)::date as to_day
      from windows w
      cross join (select time_zone from site where company_id = $1::int union select 'UTC') z
    ) starts
  ) ends
),
gaps as materialized (
  select coalesce(s.time_zone, 'UTC') as time_zone, g.day, g.previous_day, sum(g.visitors) as visitors
  from rollup_visitor_gaps g
  left join site s on s.company_id = g.company_id and s.site_id = g.site_id
  where g.company_id = $1::int
    and g.day >= (select min(first_day) from days) and g.day < (select max(end_day) from days)
    and (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  group by 1, 2, 3
),
-- Each visitor of the whole days counts once, on the first of them; who was never there before has no day before it at all.
of_days as (
  select d.name, sum(g.visitors) filter (where g.previous_day < d.first_day) as visitors,
         sum(g.visitors) filter (where g.previous_day = '-infinity') as new_visitors
  from days d
  join gaps g on g.time_zone = d.time_zone and g.day >= d.first_day and g.day < d.end_day
  group by d.name
),
-- What lies before and after the whole days of any zone. Windows end alike, so that the end is read once for all of them.
cuts as materialized (
  select w.name, c.from_time, c.to_time
  from (
    select name, from_time, max(head_to) as head_to, min(tail_from) as tail_from from days group by 1, 2
  ) w
  cross join lateral (values (w.from_time, w.head_to), (greatest(w.tail_from, w.head_to), $4::timestamptz)) c (from_time, to_time)
  where c.from_time < c.to_time
),
cut_visitors as materialized (
  select c.from_time, c.to_time, coalesce(s.time_zone, 'UTC') as time_zone, e.site_id, e.is_bot, e.visitor_key, e.first_at, e.last_at
  from (select distinct from_time, to_time from cuts) c
  cross join lateral (
    select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, min(e.event_timestamp) as first_at,
           max(e.event_timestamp) as last_at
    from stored_events e
    where e.company_id = $1::int and e.event_timestamp >= c.from_time and e.event_timestamp < c.to_time and e.visitor_id is not null
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    group by 1, 2, 3 offset 0
  ) e
  left join site s on s.company_id = $1::int and s.site_id = e.site_id
),
-- Visitors before and after the whole days of their zone.
edge_visitors as materialized (
  select distinct c.name, d.time_zone, d.end_day, v.site_id, v.is_bot, v.visitor_key, h.is_head
  from cuts c
  join cut_visitors v on v.from_time = c.from_time and v.to_time = c.to_time
  join days d on d.name = c.name and d.time_zone = v.time_zone
  join (values (true), (false)) h (is_head) on case when h.is_head then v.first_at < d.head_to else v.last_at >= d.tail_from end
),
-- They count unless a whole day has counted them: the last whole day of each is looked up once for all windows.
of_edges as (
  select d.name, count(*) as visitors
  from (
    select time_zone, end_day, site_id, is_bot, visitor_key, array_agg(distinct name) as names
    from edge_visitors group by 1, 2, 3, 4, 5
  ) e
  cross join lateral (
    select max(v.day) as day from visitor_days v
    where v.company_id = $1::int and v.site_id = e.site_id and v.is_bot = e.is_bot and v.visitor_key = e.visitor_key
      and v.day < e.end_day offset 0) v
  join days d on d.time_zone = e.time_zone and d.name = any (e.names)
  where coalesce(v.day < d.first_day, true)
  group by d.name
),
-- Who was there on the day on which the period begins, before it.
earlier_that_day as materialized (
  select distinct e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key
  from (
    select min(first_moment(from_day, time_zone)) as midnight from days where name = 'period' and first_day > from_day
  ) d
  cross join lateral (
    select e.site_id, e.is_bot, e.visitor_id from stored_events e
    where e.company_id = $1::int and e.event_timestamp >= d.midnight and e.event_timestamp < $3::timestamptz offset 0) e
  where e.visitor_id is not null
),
-- Of the visitors at the edges of the period, those whose first day of all is that day.
new_at_edges as (
  select count(*) as visitors
  from edge_visitors e
  join days d on d.name = e.name and d.time_zone = e.time_zone
  join visitors v on v.company_id = $1::int and v.site_id = e.site_id and v.is_bot = e.is_bot and v.visitor_key = e.visitor_key
    and v.first_day = case when e.is_head then d.from_day else d.end_day end
  where e.name = 'period'
    -- `in`, because it is looked up in a hash table: of a join Postgres takes too few rows to make one.
    and not (e.is_head and (e.visitor_key, e.site_id, e.is_bot) in (select visitor_key, site_id, is_bot from earlier_that_day))
),
visitors_of as (
  select w.name, coalesce(d.visitors, 0)::bigint + coalesce(e.visitors, 0) as visitors, coalesce(d.new_visitors, 0)::bigint as new_visitors
  from windows w
  left join of_days d using (name)
  left join of_edges e using (name)
),
-- A user was last there at least when the last sealed day began; when exactly is asked of ways on days that a window cuts. When the days
-- of a part began is computed once for each of them, not for each user.
parts as materialized (
  select p.*, array(
           select first_moment(day, z.time_zone)
           from generate_series(p.first_day::timestamp, (p.end_day - 1)::timestamp, interval '1 day') day
           order by day) as starts
  from windows w
  cross join lateral period_parts($1::int, w.from_time, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  where w.name = 'month'
),
cut_days as materialized (
  select distinct p.sites, p.is_listed, d.day
  from parts p
  join windows w on w.name in ('day', 'week') and w.from_time > p.from_time and w.from_time < p.to_time
  cross join lateral (select p.first_day + width_bucket(w.from_time, p.starts) - 1 as day) d
  where p.is_sealed and w.from_time > p.starts[d.day - p.first_day + 1]
),
recent_users as (
  select user_key, max(at) as last_at
  from (
    select u.user_key, max(p.starts[u.day - p.first_day + 1]) as at
    from parts p
    join sealed_user_days u on p.is_sealed and u.company_id = $1::int and u.day >= p.first_day and u.day < p.end_day
      and (u.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or u.site_id = any ($2::int[])) and ($5::bool or not u.is_bot)
    group by u.user_key
    union all
    select y.user_key, way_time(d.day, y.moment)
    from cut_days d
    cross join lateral (
      select y.site_id, y.is_bot, y.user_key, y.moments[cardinality(y.moments)] as moment from sealed_ways y
      where y.company_id = $1::int and y.day = d.day and y.user_key is not null offset 0) y
    where (y.site_id = any (d.sites)) = d.is_listed
      and (cardinality($2::int[]) = 0 or y.site_id = any ($2::int[])) and ($5::bool or not y.is_bot)
    union all
    select hashtextextended(e.user_id, 0), e.event_timestamp
    from parts p
    cross join lateral (
      select e.site_id, e.is_bot, e.user_id, e.event_timestamp from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
        and e.user_id is not null offset 0) e
    where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  ) seen
  group by user_key
),
active_users as (
  select count(*) filter (where u.last_at >= w.day) as daily, count(*) filter (where u.last_at >= w.week) as weekly,
         count(*) filter (where u.last_at >= w.month) as monthly
  from recent_users u
  cross join (
    select min(from_time) filter (where name = 'day') as day, min(from_time) filter (where name = 'week') as week,
           min(from_time) filter (where name = 'month') as month
    from windows
  ) w
),
-- All time up to the end, with whether it lies before the period.
times as materialized (
  select t.is_before, p.*
  from (
    values (true, least($3::timestamptz, (select min(hour) from rollup_events_hourly where company_id = $1::int)), $3::timestamptz),
           (false, $3::timestamptz, $4::timestamptz)
  ) t (is_before, from_time, to_time)
  cross join lateral period_parts($1::int, t.from_time, t.to_time) p
),
signed_up as (
  select count(*) filter (where not was_before) as signups
  from (
    select user_key, bool_or(is_before) as was_before
    from (
      select t.is_before, u.user_key
      from times t
      join sealed_user_days u on t.is_sealed and u.company_id = $1::int and u.day >= t.first_day and u.day < t.end_day
        and (u.site_id = any (t.sites)) = t.is_listed
      where page_key($7::text) = any (u.name_keys)
        and (cardinality($2::int[]) = 0 or u.site_id = any ($2::int[])) and ($5::bool or not u.is_bot)
      union all
      select t.is_before, hashtextextended(e.user_id, 0)
      from times t
      cross join lateral (
        select e.site_id, e.is_bot, e.user_id from stored_events e
        where e.company_id = $1::int and e.event_timestamp >= t.from_time and e.event_timestamp < t.to_time
          and e.event_type = 'custom' and e.event_name = $7::text and e.user_id is not null offset 0) e
      where not t.is_sealed and (e.site_id = any (t.sites)) = t.is_listed
        and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    ) named
    group by user_key
  ) users
)
select d.visitors as daily_visitors, w.visitors as weekly_visitors, m.visitors as monthly_visitors,
       d.visitors::float8 / nullif(m.visitors, 0) as visitor_stickiness,
       u.daily as daily_users, u.weekly as weekly_users, u.monthly as monthly_users,
       u.daily::float8 / nullif(u.monthly, 0) as user_stickiness,
       p.new_visitors + n.visitors as new_visitors, p.visitors - p.new_visitors - n.visitors as returning_visitors, s.signups
from visitors_of d, visitors_of w, visitors_of m, visitors_of p, active_users u, new_at_edges n, signed_up s
where d.name = 'day' and w.name = 'week' and m.name = 'month' and p.name = 'period';
