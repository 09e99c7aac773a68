-- How many people are active, new and signed up, counted from events one by one?
--
-- The columns of user_statistics.sql, of events that match; without filters the two agree. new_visitors: visitors of the period of
-- whom nothing is stored before it, matching or not. signups: users whose first custom event of the given name that matches lies in
-- the period.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 signup_event text: name of the custom event of a person who signs up
-- version: 1
-- reads: user_events and visitor_days by primary key; for signups all events before the end of the period
-- psql: (echo prepare q as; cat sql/metrics/user_statistics_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'signup');") | psql
with
-- The last 1, 7 and 30 days, by the calendar.
days as materialized (
  select first_moment(ending - interval '1 day', $6::text) as day, first_moment(ending - interval '7 days', $6::text) as week,
         first_moment(ending - interval '30 days', $6::text) as month
  from (select $4::timestamptz at time zone $6::text as ending) e
),
-- Both the period and the last 30 days end at the same moment: who was last there at or after the start of either is of it.
recent as materialized (
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.user_id, 0) as user_key,
         max(e.event_timestamp) as last_at
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= (select least(month, $3::timestamptz) from days)
    and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by 1, 2, 3, 4
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
signed_up as (
  select count(*) as signups
  from (
    select e.user_id
    from user_events e
    where e.company_id = $1::int and e.event_timestamp < $4::timestamptz
      and e.event_type = 'custom' and e.event_name = $7::text and e.user_id is not null
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    group by e.user_id
    having min(e.event_timestamp) >= $3::timestamptz
  ) u
)
select v.daily as daily_visitors, v.weekly as weekly_visitors, v.monthly as monthly_visitors,
       v.daily::float8 / nullif(v.monthly, 0) as visitor_stickiness,
       u.daily as daily_users, u.weekly as weekly_users, u.monthly as monthly_users,
       u.daily::float8 / nullif(u.monthly, 0) as user_stickiness,
       a.new_visitors, a.visitors - a.new_visitors as returning_visitors, s.signups
from active_visitors v, active_users u, arrivals a, signed_up s;
