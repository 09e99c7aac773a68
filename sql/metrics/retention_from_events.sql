-- How many people come back after a chosen first event, counted from events one by one?
--
-- A person is a visitor (one visitor id on one site, bots apart) or a user (one user id). A person's first event is the
-- earliest that matches the filters and the conditions of a first event, of all times. A cohort is the people whose first event
-- lies in the period and in one day, week or month of the time zone; first_day is that interval's first day.
-- visitors: how many; returned: of them, with a return event on any later day, also after the period. active: how many had a
-- return event in the interval itself, at or after the moment of the first event (which may be one), in the next interval and
-- so on; the last may still grow. Weeks begin on Monday. As the file stands any event is a first and a return event.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 people text: visitors or users
-- $8 unit text: day, week or month
-- $9 most_units integer: how many intervals after the first
-- version: 1
-- reads: user_events: all before the end of the period for first events, all from its start for return events
-- psql: (echo prepare q as; cat sql/metrics/retention_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'users', 'week', 12);") | psql
with
people as materialized (
  select case $7::text when 'users' then 0 else e.site_id end as site_id, $7::text <> 'users' and e.is_bot as is_bot,
         hashtextextended(case $7::text when 'users' then e.user_id else e.visitor_id end, 0) as person_key,
         min(e.event_timestamp) as first_at
  from user_events e
  where e.company_id = $1::int and e.event_timestamp < $4::timestamptz
    and case $7::text when 'users' then e.user_id else e.visitor_id end is not null
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
    and true /* first: events e */
  group by 1, 2, 3
  having min(e.event_timestamp) >= $3::timestamptz
),
cohorts as materialized (
  select site_id, is_bot, person_key, first_at, (first_at at time zone $6::text)::date as first_at_day,
         date_trunc($8::text, first_at at time zone $6::text)::date as first_day
  from people
),
days as materialized (
  select distinct c.first_day, c.first_at_day, c.site_id, c.is_bot, c.person_key,
         (e.event_timestamp at time zone $6::text)::date as day
  from user_events e
  join cohorts c on c.person_key = hashtextextended(case $7::text when 'users' then e.user_id else e.visitor_id end, 0)
    and c.site_id = case $7::text when 'users' then 0 else e.site_id end
    and c.is_bot = ($7::text <> 'users' and e.is_bot) and e.event_timestamp >= c.first_at
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
    and true /* return: events e */
),
sizes as (select first_day, count(*) as visitors from cohorts group by first_day),
returned as (
  select first_day, count(distinct (site_id, is_bot, person_key)) as returned
  from days where day > first_at_day
  group by first_day
),
seen as (
  select distinct first_day, site_id, is_bot, person_key,
         case $8::text
           when 'day' then day - first_day
           when 'week' then (date_trunc('week', day::timestamp)::date - first_day) / 7
           else (date_part('year', day) - date_part('year', first_day)) * 12
             + date_part('month', day) - date_part('month', first_day)
         end::int as place
  from days
),
counted as (
  select first_day, place, count(*) as visitors from seen where place <= $9::int group by first_day, place
),
grid as (
  select first_day, array_agg(coalesce(c.visitors, 0) order by place) as active
  from (select first_day, max(place) as last_place from counted group by first_day) l
  cross join lateral generate_series(0, last_place) place
  left join counted c using (first_day, place)
  group by first_day
)
select first_day, visitors, coalesce(returned, 0) as returned, to_json(coalesce(active, '{}')) as active
from sizes
left join returned using (first_day)
left join grid using (first_day)
order by first_day;
