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
-- reads: cohort_returns by first day; of days that are not sealed yet visitors, all rows of the company, and visitor_days by primary key
-- psql: (echo prepare q as; cat sql/metrics/retention.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'week', 12);") | psql
with
zones as materialized (
  select site_id, ($3::timestamptz at time zone time_zone)::date as from_day,
         (($4::timestamptz - interval '1 microsecond') at time zone time_zone)::date as last_day
  from (select site_id, time_zone from site where company_id = $1::int union all select null, 'UTC') named
),
-- Days up to known_to are summed; of a site that is not known all are read.
sites as materialized (
  select z.site_id, z.from_day, z.last_day, k.last_day as known_to
  from zones z
  left join known_returns($1::int) k on k.site_id = z.site_id
),
-- The same for all sites at once, so that most visitors are not looked at twice.
least_known as materialized (
  select min(known_to) as last_day, coalesce(array_agg(site_id), '{}') as sites from sites where known_to is not null
),
-- Visitors of the cohorts who were there on a later day than that.
recent as materialized (
  select v.site_id, v.is_bot, v.visitor_key, v.first_day, v.last_day, coalesce(s.known_to, '-infinity') as known_to
  from visitors v
  left join sites s on s.site_id = v.site_id
  join sites utc on utc.site_id is null
  where v.company_id = $1::int and v.last_day > coalesce(s.known_to, '-infinity')
    and (v.last_day > (select last_day from least_known) or v.site_id <> all ((select sites from least_known)::int[]))
    and v.first_day >= coalesce(s.from_day, utc.from_day) and v.first_day <= coalesce(s.last_day, utc.last_day)
    and (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
),
recent_days as (
  select r.first_day, d.day, d.previous_day
  from recent r
  cross join lateral (
    select d.day, d.previous_day from visitor_days d
    where d.company_id = $1::int and d.site_id = r.site_id and d.is_bot = r.is_bot and d.visitor_key = r.visitor_key
      and d.day > r.known_to offset 0) d
  where r.last_day > r.first_day
  union all
  select first_day, first_day, null from recent where last_day = first_day
),
-- Who was active in an interval counts on the first of its days.
days as (
  select c.first_day, c.day, c.visitors,
         case $6::text when 'day' then c.visitors when 'week' then c.first_of_week else c.first_of_month end as first_of_interval,
         c.second_days
  from cohort_returns c
  join sites s on s.site_id = c.site_id and c.day <= s.known_to and c.first_day >= s.from_day and c.first_day <= s.last_day
  where c.company_id = $1::int
    and c.first_day >= (select min(from_day) from zones) and c.first_day <= (select max(last_day) from zones)
    and (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
  union all
  select first_day, day, count(*),
         count(*) filter (where previous_day is null or previous_day < date_trunc($6::text, day::timestamp)),
         count(*) filter (where previous_day = first_day)
  from recent_days
  group by first_day, day
),
-- The number of the interval after the first. The first day of year 1 is a Monday.
placed as materialized (
  select date_trunc($6::text, first_day::timestamp)::date as first_day,
         case $6::text
           when 'day' then day - first_day when 'week' then (day - date '0001-01-01') / 7 - (first_day - date '0001-01-01') / 7
           else ((date_part('year', day) - date_part('year', first_day)) * 12
                 + date_part('month', day) - date_part('month', first_day))::int end as place,
         sum(visitors) filter (where day = first_day) as visitors, sum(first_of_interval) as active, sum(second_days) as returned
  from days
  group by 1, 2
),
sizes as (
  select first_day, sum(visitors)::bigint as visitors, sum(returned)::bigint as returned from placed group by first_day
),
counted as (
  select first_day, place, active::bigint as visitors from placed where place <= $7::int and active > 0
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
