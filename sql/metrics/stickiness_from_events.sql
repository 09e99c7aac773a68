-- How often do people come, day by day, counted from events one by one?
--
-- As stickiness.sql, for the days of one time zone and events that match the filters, of people who are visitors (one visitor id on
-- one site, bots apart) or users (one user id). A row for each day that the period meets. daily: people with such an event on the
-- day; weekly, monthly: in the 7 and the 30 days that end with it, also where these begin before the period; stickiness: daily by
-- monthly, null without any. The whole first and last day are counted.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 people text: visitors or users
-- version: 1
-- reads: user_events by primary key, from 29 days before the period
-- psql: (echo prepare q as; cat sql/metrics/stickiness_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'users');") | psql
with
edges as materialized (
  select first_day, last_day, first_moment(first_day - 29, $6::text) as begun_at, first_moment(last_day + 1, $6::text) as ended_at
  from (
    select ($3::timestamptz at time zone $6::text)::date as first_day,
           (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date as last_day
  ) d
),
person_days as (
  select case $7::text when 'users' then 0 else e.site_id end as site_id, $7::text <> 'users' and e.is_bot as is_bot,
         hashtextextended(case $7::text when 'users' then e.user_id else e.visitor_id end, 0) as person_key,
         (e.event_timestamp at time zone $6::text)::date as day
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= (select begun_at from edges)
    and e.event_timestamp < (select ended_at from edges)
    and case $7::text when 'users' then e.user_id else e.visitor_id end is not null
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by 1, 2, 3, 4
),
gaps as materialized (
  select day, previous_day, count(*) as people
  from (
    select day, lag(day, 1, '-infinity') over (partition by site_id, is_bot, person_key order by day) as previous_day
    from person_days
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
