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
-- reads: visitors, all rows of the company; visitor_days by primary key, for who was there before and in the period
-- psql: (echo prepare q as; cat sql/metrics/churn.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
zones as materialized (
  select site_id, ($3::timestamptz at time zone time_zone)::date as first_day,
         (($4::timestamptz - interval '1 microsecond') at time zone time_zone)::date as last_day
  from (select site_id, time_zone from site where company_id = $1::int union all select null, 'UTC') named
),
-- Most visitors were there before the period only, or in it only: of these the first and the last day of all times say enough.
spans as materialized (
  select v.site_id, v.first_day as first_seen, v.last_day as last_seen, count(*) as visitors
  from visitors v
  where v.company_id = $1::int
    and (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
  group by 1, 2, 3
),
placed as materialized (
  select s.*, e.first_day, e.last_day,
         s.last_seen > e.last_day or (s.first_seen < e.first_day and s.last_seen >= e.first_day) as is_looked_up
  from spans s
  left join zones z on z.site_id = s.site_id
  join zones utc on utc.site_id is null
  cross join lateral (
    select coalesce(z.first_day, utc.first_day) as first_day, coalesce(z.last_day, utc.last_day) as last_day
  ) e
  where s.first_seen <= e.last_day
),
last_days as (
  select case when first_seen < first_day then last_seen end as before_day, last_seen as after_day, first_day, last_day, visitors
  from placed
  where not is_looked_up
  union all
  select case when v.first_day < p.first_day then (
           select max(d.day) from visitor_days d
           where d.company_id = $1::int and d.site_id = v.site_id and d.is_bot = v.is_bot and d.visitor_key = v.visitor_key
             and d.day < p.first_day) end,
         case when v.last_day <= p.last_day then v.last_day else (
           select max(d.day) from visitor_days d
           where d.company_id = $1::int and d.site_id = v.site_id and d.is_bot = v.is_bot and d.visitor_key = v.visitor_key
             and d.day <= p.last_day) end,
         p.first_day, p.last_day, 1
  from placed p
  join visitors v on v.company_id = $1::int and v.site_id = p.site_id and v.first_day = p.first_seen and v.last_day = p.last_seen
    and ($5::bool or not v.is_bot)
  where p.is_looked_up
)
select case when before_day is null then '' when first_day - 1 - before_day < 7 then 'active'
            when first_day - 1 - before_day < 14 then 'soft' when first_day - 1 - before_day < 30 then 'churned'
            else 'hard' end as before,
       case when last_day - after_day < 7 then 'active' when last_day - after_day < 14 then 'soft'
            when last_day - after_day < 30 then 'churned' else 'hard' end as after,
       sum(visitors)::bigint as visitors
from last_days
group by 1, 2
order by 1, 2;
