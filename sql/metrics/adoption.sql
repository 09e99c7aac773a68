-- Which share of the active people uses a feature?
--
-- A row for each day, week or month of the time zone that meets the period, cut to it, and a last one, is_total, of the whole
-- period, in which who comes in two intervals counts once. active: people with an event that matches the filters: visitors (one
-- visitor id on one site, bots apart) or users (one user id). adopted: of them, with such an event that is also of the feature; as the
-- file stands any event is. uses: how many such events they have; share: adopted by active, null without any. Weeks begin on Monday.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone in which intervals begin
-- $7 unit text: day, week or month
-- $8 people text: visitors or users
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/adoption.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'week', 'users');") | psql
with
starts as materialized (
  select first_moment(midnight, $6::text) as start
  from generate_series(date_trunc($7::text, $3::timestamptz at time zone $6::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $6::text, ('1 ' || $7::text)::interval) midnight
),
thresholds as materialized (select array_agg(start order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
-- A row for each person and interval.
seen as materialized (
  select width_bucket(e.event_timestamp, (select starts from thresholds)) as place,
         case $8::text when 'users' then 0 else e.site_id end as site_id, $8::text <> 'users' and e.is_bot as is_bot,
         hashtextextended(case $8::text when 'users' then e.user_id else e.visitor_id end, 0) as person_key,
         count(*) filter (where true /* feature: events e */) as uses
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and case $8::text when 'users' then e.user_id else e.visitor_id end is not null
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by 1, 2, 3, 4
),
counted as (
  select place, count(*) as active, count(*) filter (where uses > 0) as adopted, sum(uses) as uses from seen group by place
),
total as (
  select count(*) as active, count(*) filter (where uses > 0) as adopted, coalesce(sum(uses), 0) as uses
  from (select sum(uses) as uses from seen group by site_id, is_bot, person_key) people
)
select is_total, from_time, to_time, coalesce(active, 0) as active, coalesce(adopted, 0) as adopted,
       adopted::float8 / nullif(active, 0) as share, coalesce(uses, 0) as uses
from (
  select false as is_total, place, from_time, to_time, active, adopted, uses from intervals left join counted using (place)
  union all
  select true, null, $3::timestamptz, $4::timestamptz, active, adopted, uses from total
) rows
order by is_total, place;
