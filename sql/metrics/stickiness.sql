-- How often do visitors come, day by day?
--
-- A row for each day that the period meets; days are those of each site's time zone. daily: visitors (one visitor id on one site,
-- bots apart) active on the day; weekly, monthly: active in the 7 and the 30 days that end with it, also where these begin before
-- the period; stickiness: daily by monthly, null without any.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: rollup_visitor_gaps by primary key
-- psql: (echo prepare q as; cat sql/metrics/stickiness.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
zones as materialized (
  select z.time_zone, ($3::timestamptz at time zone z.time_zone)::date as first_day,
         (($4::timestamptz - interval '1 microsecond') at time zone z.time_zone)::date as last_day
  from (
    select time_zone from site
    where company_id = $1::int and (cardinality($2::int[]) = 0 or site_id = any ($2::int[]))
    union select 'UTC' where not exists (
      select from site where company_id = $1::int and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])))
  ) z
),
gaps as materialized (
  select g.day, g.previous_day, sum(g.visitors) as visitors
  from rollup_visitor_gaps g
  where g.company_id = $1::int and g.day >= (select min(first_day) from zones) - 29 and g.day <= (select max(last_day) from zones)
    and (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  group by g.day, g.previous_day
),
-- Who is active on a day counts in the windows that end on it and on the 6 or 29 days after it, but for those windows in which
-- the active day before counts already: one more from the first day of that range on, one less after the last.
steps as (
  select at, sum(daily) as daily, sum(weekly) as weekly, sum(monthly) as monthly
  from (
    select day as at, visitors as daily, 0 as weekly, 0 as monthly from gaps
    union all select day + 1, -visitors, 0, 0 from gaps
    union all select greatest(day, previous_day + 7), 0, visitors, 0 from gaps
    union all select day + 7, 0, -visitors, 0 from gaps
    union all select greatest(day, previous_day + 30), 0, 0, visitors from gaps
    union all select day + 30, 0, 0, -visitors from gaps
  ) changes
  group by at
),
counted as (
  select day, coalesce(sum(daily) over up_to_it, 0) as daily, coalesce(sum(weekly) over up_to_it, 0) as weekly,
         coalesce(sum(monthly) over up_to_it, 0) as monthly
  from (
    select at as day, daily, weekly, monthly from steps
    union all
    select day::date, 0, 0, 0
    from generate_series((select min(first_day) from zones)::timestamp, (select max(last_day) from zones)::timestamp,
                         interval '1 day') day
  ) days
  window up_to_it as (order by day)
)
select distinct day, daily, weekly, monthly, daily::float8 / nullif(monthly, 0) as stickiness
from counted
where day >= (select min(first_day) from zones) and day <= (select max(last_day) from zones)
order by day;
