-- How many new visitors come back, and when?
--
-- A cohort is the visitors whose first day ever lies in one day, week or month; first_day is that interval's first day. Days are
-- those of each site's time zone; the period takes every day that it meets.
-- visitors: how many; returned: of them, active on any later day, also after the period. active: how many were active in the
-- interval itself, in the next one and so on; the last may still grow. Weeks begin on Monday.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 unit text: day, week or month
-- $7 most_units integer: how many intervals after the first
-- version: 1
-- reads: visitors and visitor_days by primary key
-- psql: (echo prepare q as; cat sql/metrics/retention.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'week', 12);") | psql
with
cohorts as materialized (
  select v.site_id, v.is_bot, v.visitor_key, v.last_day > v.first_day as returned,
         date_trunc($6::text, v.first_day::timestamp)::date as first_day
  from visitors v
  left join site s on s.company_id = v.company_id and s.site_id = v.site_id
  where v.company_id = $1::int
    and v.first_day >= ($3::timestamptz at time zone coalesce(s.time_zone, 'UTC'))::date
    and v.first_day <= (($4::timestamptz - interval '1 microsecond') at time zone coalesce(s.time_zone, 'UTC'))::date
    and (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
),
sizes as (
  select first_day, count(*) as visitors, count(*) filter (where returned) as returned from cohorts group by first_day
),
seen as (
  select distinct c.first_day, c.site_id, c.is_bot, c.visitor_key,
         case $6::text
           when 'day' then d.day - c.first_day
           when 'week' then (date_trunc('week', d.day::timestamp)::date - c.first_day) / 7
           else (date_part('year', d.day) - date_part('year', c.first_day)) * 12
             + date_part('month', d.day) - date_part('month', c.first_day)
         end::int as place
  from cohorts c
  join visitor_days d on d.company_id = $1::int and d.site_id = c.site_id and d.is_bot = c.is_bot
    and d.visitor_key = c.visitor_key
),
counted as (
  select first_day, place, count(*) as visitors from seen where place <= $7::int group by first_day, place
),
grid as (
  select first_day, array_agg(coalesce(c.visitors, 0) order by place) as active
  from (select first_day, max(place) as last_place from counted group by first_day) l
  cross join lateral generate_series(0, last_place) place
  left join counted c using (first_day, place)
  group by first_day
)
select first_day, visitors, returned, to_json(active) as active
from sizes
join grid using (first_day)
order by first_day;
