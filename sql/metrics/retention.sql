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
-- reads: visitors and visitor_days, all rows of the company
-- psql: (echo prepare q as; cat sql/metrics/retention.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'week', 12);") | psql
with
zones as materialized (
  select site_id, ($3::timestamptz at time zone time_zone)::date as from_day,
         (($4::timestamptz - interval '1 microsecond') at time zone time_zone)::date as last_day
  from (select site_id, time_zone from site where company_id = $1::int union all select null, 'UTC') named
),
cohorts as materialized (
  select v.site_id, v.is_bot, v.visitor_key, v.last_day > v.first_day as returned,
         date_trunc($6::text, v.first_day::timestamp)::date as first_day
  from visitors v
  left join zones z on z.site_id = v.site_id
  join zones utc on utc.site_id is null
  where v.company_id = $1::int
    and v.first_day >= coalesce(z.from_day, utc.from_day) and v.first_day <= coalesce(z.last_day, utc.last_day)
    and (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
),
sizes as materialized (
  select first_day, count(*) as visitors, count(*) filter (where returned) as returned from cohorts group by first_day
),
-- Later days of those who came back, each with the number of its interval and of that of the active day before: who was active
-- in an interval counts on the first of its days. The first day of year 1 is a Monday.
later as (
  select c.first_day, i.this - i.first as place
  from cohorts c
  join visitor_days d on d.company_id = $1::int and d.site_id = c.site_id and d.is_bot = c.is_bot
    and d.visitor_key = c.visitor_key and d.previous_day is not null
  cross join lateral (
    select case $6::text
             when 'day' then d.day - date '0001-01-01' when 'week' then (d.day - date '0001-01-01') / 7
             else (date_part('year', d.day) * 12 + date_part('month', d.day))::int end as this,
           case $6::text
             when 'day' then d.previous_day - date '0001-01-01' when 'week' then (d.previous_day - date '0001-01-01') / 7
             else (date_part('year', d.previous_day) * 12 + date_part('month', d.previous_day))::int end as previous,
           case $6::text
             when 'day' then c.first_day - date '0001-01-01' when 'week' then (c.first_day - date '0001-01-01') / 7
             else (date_part('year', c.first_day) * 12 + date_part('month', c.first_day))::int end as first
  ) i
  where c.returned and i.this > i.previous
),
counted as (
  select first_day, 0 as place, visitors from sizes
  union all
  select first_day, place, count(*) from later where place <= $7::int group by first_day, place
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
