-- Who stays away, and who has come back, counted from sealed days?
--
-- The columns of churn_from_events.sql, with the same meaning, for filters on places and clients of events. Of sealed days in the
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
-- psql: (echo prepare q as; cat sql/metrics/churn_of_days.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'users', true);") | psql
with
edges as materialized (
  select first_day, last_day, first_moment(last_day + 1, $6::text) as ended_at
  from (
    select ($3::timestamptz at time zone $6::text)::date as first_day,
           (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date as last_day
  ) d
),
parts as materialized (
  select p.is_sealed and z.time_zone = $6::text as is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, p.sites, p.is_listed
  from edges
  cross join lateral period_parts($1::int, '-infinity', ended_at) p
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
last_days as (
  select max(day) filter (where day < (select first_day from edges)) as before_day, max(day) as after_day
  from person_days
  group by site_id, is_bot, person_key
),
days_away as (
  select first_day - 1 - before_day as before_days, last_day - after_day as after_days
  from last_days, edges
)
select case when before_days is null then '' when before_days < 7 then 'active' when before_days < 14 then 'soft'
            when before_days < 30 then 'churned' else 'hard' end as before,
       case when after_days < 7 then 'active' when after_days < 14 then 'soft' when after_days < 30 then 'churned'
            else 'hard' end as after,
       count(*) as visitors
from days_away
group by 1, 2
order by 1, 2;
