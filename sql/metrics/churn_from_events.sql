-- Who stays away, and who has come back, counted from events one by one?
--
-- A person is a visitor (one visitor id on one site, bots apart) or a user (one user id), and active on a day of the time zone
-- with an event that matches. States as in churn.sql: on a day, by the days since the last one on which the person was active,
-- up to that day: active less than 7, soft 7 to 13, churned 14 to 29, hard 30 or more. before: on the day before the period
-- begins, '' if the person had never been active; after: on the last day of the period.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the days
-- $7 people text: visitors or users
-- version: 1
-- reads: user_events: all before the end of the period's last day
-- psql: (echo prepare q as; cat sql/metrics/churn_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'users');") | psql
with
edges as materialized (
  select first_day, last_day, first_moment(first_day, $6::text) as first_at, first_moment(last_day + 1, $6::text) as ended_at
  from (
    select ($3::timestamptz at time zone $6::text)::date as first_day,
           (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date as last_day
  ) d
),
last_times as (
  select max(e.event_timestamp) filter (where e.event_timestamp < (select first_at from edges)) as before_at,
         max(e.event_timestamp) as after_at
  from user_events e
  where e.company_id = $1::int and e.event_timestamp < (select ended_at from edges)
    and case $7::text when 'users' then e.user_id else e.visitor_id end is not null
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by case $7::text when 'users' then 0 else e.site_id end, $7::text <> 'users' and e.is_bot,
           hashtextextended(case $7::text when 'users' then e.user_id else e.visitor_id end, 0)
),
days_away as (
  select first_day - 1 - (before_at at time zone $6::text)::date as before_days,
         last_day - (after_at at time zone $6::text)::date as after_days
  from last_times, edges
)
select case when before_days is null then '' when before_days < 7 then 'active' when before_days < 14 then 'soft'
            when before_days < 30 then 'churned' else 'hard' end as before,
       case when after_days < 7 then 'active' when after_days < 14 then 'soft' when after_days < 30 then 'churned'
            else 'hard' end as after,
       count(*) as visitors
from days_away
group by 1, 2
order by 1, 2;
