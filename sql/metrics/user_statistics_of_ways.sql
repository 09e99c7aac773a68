-- How many people are active, new and signed up, counted from ways of sealed days?
--
-- The columns of user_statistics_from_events.sql, with the same meaning, for filters on places and clients of events. Sealed days come from
-- ways, in any time zone; the rest is counted from events one by one.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 signup_event text: name of the custom event of a person who signs up
-- version: 1
-- reads: sealed_days, sealed_ways_by_day, session_traits, way_codes; user_events, visitors and visitor_days by primary key
-- psql: (echo prepare q as; cat sql/metrics/user_statistics_of_ways.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'signup');") | psql
with
-- The last 1, 7 and 30 days, by the calendar.
days as materialized (
  select first_moment(ending - interval '1 day', $6::text) as day, first_moment(ending - interval '7 days', $6::text) as week,
         first_moment(ending - interval '30 days', $6::text) as month
  from (select $4::timestamptz at time zone $6::text as ending) e
),
-- All time up to the end, apart before and after the first moment that the windows or the period ask for.
parts as materialized (
  select s.is_recent, p.is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, p.sites, p.is_listed
  from days
  cross join lateral (values (false, '-infinity', least(month, $3::timestamptz)), (true, least(month, $3::timestamptz), $4::timestamptz))
    s (is_recent, from_time, to_time)
  cross join lateral period_parts($1::int, s.from_time, s.to_time) p
  where cardinality($2::int[]) = 0 or case when p.is_listed then p.sites && $2::int[] else not $2::int[] <@ p.sites end
),
-- Who was last there at or after the start of a window is of it. The last moment of a way is its greatest.
recent as materialized (
  select w.site_id, w.is_bot, w.visitor_key, w.user_key, max(way_time(w.day, 0) + (w.moment >> 25) * interval '1 microsecond') as last_at
  from parts p
  cross join lateral (
    select w.site_id, w.is_bot, w.visitor_key, w.user_key, w.day, max(w.moments[cardinality(w.moments)]) as moment
    from sealed_ways w
    where w.company_id = $1::int and w.day >= p.first_day and w.day < p.end_day
      and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
      and true /* filters: sealed w */
    group by 1, 2, 3, 4, 5
    offset 0) w
  where p.is_recent and p.is_sealed and (w.site_id = any (p.sites)) = p.is_listed
  group by 1, 2, 3, 4
  union all
  select e.site_id, e.is_bot, e.visitor_key, e.user_key, e.last_at
  from parts p
  cross join lateral (
    select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.user_id, 0) as user_key,
           max(e.event_timestamp) as last_at
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
      and (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    group by 1, 2, 3, 4
    offset 0) e
  where p.is_recent and not p.is_sealed
),
recent_visitors as materialized (
  select site_id, is_bot, visitor_key, max(last_at) as last_at
  from recent where visitor_key is not null group by site_id, is_bot, visitor_key
),
active_visitors as (
  select count(*) filter (where last_at >= day) as daily, count(*) filter (where last_at >= week) as weekly,
         count(*) filter (where last_at >= month) as monthly
  from recent_visitors, days
),
active_users as (
  select count(*) filter (where last_at >= day) as daily, count(*) filter (where last_at >= week) as weekly,
         count(*) filter (where last_at >= month) as monthly
  from (select max(last_at) as last_at from recent where user_key is not null group by user_key) u, days
),
present as (
  select site_id, is_bot, visitor_key from recent_visitors where last_at >= $3::timestamptz
),
-- The day on which the period begins in the zones of these visitors' sites, and who was there on that day before the period.
zones as materialized (
  select time_zone, first_day, first_moment(first_day, time_zone) as midnight
  from (
    select time_zone, ($3::timestamptz at time zone time_zone)::date as first_day
    from (
      select distinct coalesce(s.time_zone, 'UTC') as time_zone
      from (select distinct site_id from present) p
      left join site s on s.company_id = $1::int and s.site_id = p.site_id
    ) named
  ) z
),
earlier_that_day as materialized (
  select distinct e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key
  from user_events e
  left join site s on s.company_id = e.company_id and s.site_id = e.site_id
  join zones z on z.time_zone = coalesce(s.time_zone, 'UTC')
  where e.company_id = $1::int and e.event_timestamp >= (select min(midnight) from zones)
    and e.event_timestamp >= z.midnight and e.event_timestamp < $3::timestamptz and e.visitor_id is not null
),
arrivals as (
  select count(*) as visitors, count(*) filter (where v.visitor_key is null and e.visitor_key is null) as new_visitors
  from present p
  left join site s on s.company_id = $1::int and s.site_id = p.site_id
  join zones z on z.time_zone = coalesce(s.time_zone, 'UTC')
  left join visitors v on v.company_id = $1::int and v.site_id = p.site_id and v.is_bot = p.is_bot and v.visitor_key = p.visitor_key
    and v.first_day < z.first_day
  left join earlier_that_day e on e.site_id = p.site_id and e.is_bot = p.is_bot and e.visitor_key = p.visitor_key
),
codes as materialized (
  select code, name_bit from way_codes where company_id = $1::int and event_type = 'custom' and event_name = $7::text
),
masks as materialized (select bit_or(name_bit) as names, array_agg(code) as codes from codes),
-- The first sign-up of each user on each day.
named as (
  select w.user_key, way_time(w.day, w.moment) as at
  from parts p
  cross join lateral (
    select w.site_id, w.day, w.user_key, (
             select min(h.moment) from unnest(w.codes, w.moments) h (code, moment) where h.code = any ((select codes from masks)::int[])) as moment
    from sealed_ways w
    where w.company_id = $1::int and w.day >= p.first_day and w.day < p.end_day
      and w.names & (select names from masks) <> 0 and w.user_key is not null
      and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
      and true /* filters: sealed w */
    offset 0) w
  where p.is_sealed and w.moment is not null and (w.site_id = any (p.sites)) = p.is_listed
  union all
  select hashtextextended(e.user_id, 0), e.event_timestamp
  from parts p
  cross join lateral (
    select e.site_id, e.user_id, e.event_timestamp
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
      and e.event_type = 'custom' and e.event_name = $7::text and e.user_id is not null
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    offset 0) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
),
signed_up as (
  select count(*) as signups from (select user_key from named group by user_key having min(at) >= $3::timestamptz) u
)
select v.daily as daily_visitors, v.weekly as weekly_visitors, v.monthly as monthly_visitors,
       v.daily::float8 / nullif(v.monthly, 0) as visitor_stickiness,
       u.daily as daily_users, u.weekly as weekly_users, u.monthly as monthly_users,
       u.daily::float8 / nullif(u.monthly, 0) as user_stickiness,
       a.new_visitors, a.visitors - a.new_visitors as returning_visitors, s.signups
from active_visitors v, active_users u, arrivals a, signed_up s;
