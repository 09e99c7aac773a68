-- Who stays away, and who has come back?
--
-- The state of a visitor on a day follows from the days since the last one on which the visitor was active, up to that day:
-- active less than 7, soft 7 to 13, churned 14 to 29, hard 30 or more. before: on the day before the period begins, '' if the
-- visitor had never been there; after: on the last day of the period. Days are those of each site's time zone.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: visitor_days by primary key
-- psql: (echo prepare q as; cat sql/metrics/churn.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
last_days as (
  select max(d.day) filter (where d.day < z.first_day) as before_day, max(d.day) as after_day, z.first_day, z.last_day
  from visitor_days d
  left join site s on s.company_id = d.company_id and s.site_id = d.site_id
  cross join lateral (
    select ($3::timestamptz at time zone coalesce(s.time_zone, 'UTC'))::date as first_day,
           (($4::timestamptz - interval '1 microsecond') at time zone coalesce(s.time_zone, 'UTC'))::date as last_day
  ) z
  where d.company_id = $1::int and d.day <= z.last_day
    and (cardinality($2::int[]) = 0 or d.site_id = any ($2::int[])) and ($5::bool or not d.is_bot)
  group by d.site_id, d.is_bot, d.visitor_key, z.first_day, z.last_day
)
select case when before_day is null then '' when first_day - 1 - before_day < 7 then 'active'
            when first_day - 1 - before_day < 14 then 'soft' when first_day - 1 - before_day < 30 then 'churned'
            else 'hard' end as before,
       case when last_day - after_day < 7 then 'active' when last_day - after_day < 14 then 'soft'
            when last_day - after_day < 30 then 'churned' else 'hard' end as after,
       count(*) as visitors
from last_days
group by 1, 2
order by 1, 2;
