-- How often do people come, day by day, counted from sealed days?
--
-- The columns of stickiness_from_events.sql, with the same meaning, for filters on places and clients of events. Of sealed days in the
-- time zone asked for, people come from rows of users and of ways; the rest is counted from events one by one.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 people text: visitors or users
-- $8 any_event boolean: of users every event counts, so that rows of their days say enough; true only without filters
-- version: 1
-- reads: sealed_days, sealed_user_days_by_day or sealed_ways_by_day, session_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/stickiness_of_days.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'users', true);") | psql
with
edges as materialized (
  select first_day, last_day, first_moment(first_day - 29, $6::text) as begun_at, first_moment(last_day + 1, $6::text) as ended_at
  from (
    select ($3::timestamptz at time zone $6::text)::date as first_day,
           (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date as last_day
  ) d
),
parts as materialized (
  select p.is_sealed and z.time_zone = $6::text as is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, p.sites, p.is_listed
  from edges
  cross join lateral period_parts($1::int, begun_at, ended_at) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  where cardinality($2::int[]) = 0 or case when p.is_listed then p.sites && $2::int[] else not $2::int[] <@ p.sites end
),
-- A row for each person and day, some of them twice.
person_days as (
  select 0 as site_id, false as is_bot, u.user_key as person_key, u.day
  from parts p
  cross join lateral (
    select * from sealed_user_days u where u.company_id = $1::int and u.day >= p.first_day and u.day < p.end_day offset 0) u
  where $7::text = 'users' and $8::bool and p.is_sealed and (u.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or u.site_id = any ($2::int[])) and ($5::bool or not u.is_bot)
  union all
  select case $7::text when 'users' then 0 else w.site_id end, $7::text <> 'users' and w.is_bot,
         case $7::text when 'users' then w.user_key else w.visitor_key end, w.day
  from parts p
  cross join lateral (
    select w.site_id, w.is_bot, w.visitor_key, w.user_key, w.day
    from sealed_ways w
    where w.company_id = $1::int and w.day >= p.first_day and w.day < p.end_day
      and case $7::text when 'users' then w.user_key else w.visitor_key end is not null
      and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
      and true /* filters: sealed w */
    offset 0) w
  where not ($7::text = 'users' and $8::bool) and p.is_sealed and (w.site_id = any (p.sites)) = p.is_listed
  union all
  select r.site_id, r.is_bot, r.person_key, r.day
  from parts p
  cross join lateral (
    select case $7::text when 'users' then 0 else e.site_id end as site_id, $7::text <> 'users' and e.is_bot as is_bot,
           hashtextextended(case $7::text when 'users' then e.user_id else e.visitor_id end, 0) as person_key,
           (e.event_timestamp at time zone $6::text)::date as day
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
      and (e.site_id = any (p.sites)) = p.is_listed
      and case $7::text when 'users' then e.user_id else e.visitor_id end is not null
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    group by 1, 2, 3, 4
    offset 0) r
  where not p.is_sealed
),
gaps as materialized (
  select day, previous_day, count(*) as people
  from (
    select day, lag(day, 1, '-infinity') over (partition by site_id, is_bot, person_key order by day) as previous_day
    from (select distinct site_id, is_bot, person_key, day from person_days) d
  ) days
  group by day, previous_day
),
-- Who is active on a day counts in the windows that end on it and on the 6 or 29 days after it, but for those windows in which
-- the active day before counts already: one more from the first day of that range on, one less after the last.
steps as (
  select at, sum(daily) as daily, sum(weekly) as weekly, sum(monthly) as monthly
  from (
    select day as at, people as daily, 0 as weekly, 0 as monthly from gaps
    union all select day + 1, -people, 0, 0 from gaps
    union all select greatest(day, previous_day + 7), 0, people, 0 from gaps
    union all select day + 7, 0, -people, 0 from gaps
    union all select greatest(day, previous_day + 30), 0, 0, people from gaps
    union all select day + 30, 0, 0, -people from gaps
  ) changes
  group by at
),
counted as (
  select day, sum(daily) over up_to_it as daily, sum(weekly) over up_to_it as weekly, sum(monthly) over up_to_it as monthly
  from (
    select at as day, daily, weekly, monthly from steps
    union all
    select day::date, 0, 0, 0
    from edges, generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') day
  ) days
  window up_to_it as (order by day)
)
select distinct day, daily, weekly, monthly, daily::float8 / nullif(monthly, 0) as stickiness
from counted, edges
where day >= first_day and day <= last_day
order by day;
