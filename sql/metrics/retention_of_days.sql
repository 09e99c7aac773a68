-- How many people come back after their first event, counted from sealed days?
--
-- The columns of retention_from_events.sql, with the same meaning, where any event that matches is a first and a return event, for filters
-- on places and clients of events. Of sealed days in the time zone asked for, people come from rows of users and of ways; the rest is
-- counted from events one by one.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 people text: visitors or users
-- $8 any_event boolean: of users every event counts, so that rows of their days say enough; true only without filters
-- $9 unit text: day, week or month
-- $10 most_units integer: how many intervals after the first
-- version: 1
-- reads: sealed_days, sealed_user_days_by_day or sealed_ways_by_day, session_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/retention_of_days.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'users', true, 'week', 12);") | psql
with
-- span: -1 before the period, 0 in it, 1 after it. A day that the period cuts is read from events, apart on each side of the cut.
parts as materialized (
  select s.span, p.is_sealed and z.time_zone = $6::text as is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, p.sites, p.is_listed
  from (values (-1, '-infinity', $3::timestamptz), (0, $3::timestamptz, $4::timestamptz), (1, $4::timestamptz, 'infinity'))
    s (span, from_time, to_time)
  cross join lateral period_parts($1::int, s.from_time, s.to_time) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  where cardinality($2::int[]) = 0 or case when p.is_listed then p.sites && $2::int[] else not $2::int[] <@ p.sites end
),
-- A row for each person and day, some of them twice.
person_days as materialized (
  select p.span, 0 as site_id, false as is_bot, u.user_key as person_key, u.day
  from parts p
  cross join lateral (
    select * from sealed_user_days u where u.company_id = $1::int and u.day >= p.first_day and u.day < p.end_day offset 0) u
  where $7::text = 'users' and $8::bool and p.is_sealed and (u.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or u.site_id = any ($2::int[])) and ($5::bool or not u.is_bot)
  union all
  select p.span, case $7::text when 'users' then 0 else w.site_id end, $7::text <> 'users' and w.is_bot,
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
  select p.span, r.site_id, r.is_bot, r.person_key, r.day
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
cohorts as materialized (
  select site_id, is_bot, person_key, min(day) as first_at_day, max(day) as last_day,
         date_trunc($9::text, min(day)::timestamp)::date as first_day
  from person_days
  group by 1, 2, 3
  having min(span) = 0
),
sizes as (
  select first_day, count(*) as visitors, count(*) filter (where last_day > first_at_day) as returned from cohorts group by first_day
),
-- Who was not there on another day is in the first interval alone.
seen as (
  select distinct first_day, site_id, is_bot, person_key,
         case $9::text
           when 'day' then day - first_day
           when 'week' then (date_trunc('week', day::timestamp)::date - first_day) / 7
           else (date_part('year', day) - date_part('year', first_day)) * 12
             + date_part('month', day) - date_part('month', first_day)
         end::int as place
  from (
    select c.first_day, d.site_id, d.is_bot, d.person_key, d.day
    from cohorts c
    join person_days d on d.person_key = c.person_key and d.site_id = c.site_id and d.is_bot = c.is_bot
    where d.span >= 0 and c.last_day > c.first_at_day
  ) days
),
counted as (
  select first_day, place, count(*) as visitors from seen where place <= $10::int group by first_day, place
  union all
  select first_day, 0, visitors - returned from sizes
),
placed as (select first_day, place, sum(visitors)::bigint as visitors from counted group by 1, 2),
grid as (
  select first_day, array_agg(coalesce(c.visitors, 0) order by place) as active
  from (select first_day, max(place) as last_place from placed group by first_day) l
  cross join lateral generate_series(0, last_place) place
  left join placed c using (first_day, place)
  group by first_day
)
select first_day, visitors, returned, to_json(active) as active
from sizes
join grid using (first_day)
order by first_day;
