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
-- reads: rollup_visitor_gaps up to the end of the period, visitor_returns by day; of days that are not sealed yet visitors, all rows of
-- the company, and visitor_days by primary key
-- psql: (echo prepare q as; cat sql/metrics/churn.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
zones as materialized (
  select site_id, ($3::timestamptz at time zone time_zone)::date as first_day,
         (($4::timestamptz - interval '1 microsecond') at time zone time_zone)::date as last_day
  from (select site_id, time_zone from site where company_id = $1::int union all select null, 'UTC') named
),
-- Days up to known_to are summed; of a site that is not known all are read.
sites as materialized (
  select z.site_id, z.first_day, z.last_day, k.last_day as known_to
  from zones z
  left join known_returns($1::int) k on k.site_id = z.site_id
),
-- The same for all sites at once, so that most visitors are not looked at twice.
least_known as materialized (
  select min(known_to) as last_day, coalesce(array_agg(site_id), '{}') as sites from sites where known_to is not null
),
gaps as materialized (
  select g.day, g.previous_day, coalesce(s.first_day, utc.first_day) as first_day, coalesce(s.last_day, utc.last_day) as last_day,
         sum(g.visitors) as visitors
  from rollup_visitor_gaps g
  left join sites s on s.site_id = g.site_id
  join sites utc on utc.site_id is null
  where g.company_id = $1::int and g.day <= (select max(last_day) from zones) and g.day <= coalesce(s.last_day, utc.last_day)
    and (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  group by 1, 2, 3, 4
),
-- Of visitors who were there before the period and in it, the days that are not summed.
recent as materialized (
  select v.site_id, v.is_bot, v.visitor_key, d.day, d.previous_day, v.period_first, v.period_last
  from (
    select v.site_id, v.is_bot, v.visitor_key, coalesce(s.known_to, '-infinity') as known_to,
           coalesce(s.first_day, utc.first_day) as period_first, coalesce(s.last_day, utc.last_day) as period_last
    from visitors v
    left join sites s on s.site_id = v.site_id
    join sites utc on utc.site_id is null
    where v.company_id = $1::int and v.last_day > coalesce(s.known_to, '-infinity')
      and (v.last_day > (select last_day from least_known) or v.site_id <> all ((select sites from least_known)::int[]))
      and v.first_day < coalesce(s.first_day, utc.first_day) and v.last_day >= coalesce(s.first_day, utc.first_day)
      and (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
  ) v
  cross join lateral (
    select d.day, d.previous_day from visitor_days d
    where d.company_id = $1::int and d.site_id = v.site_id and d.is_bot = v.is_bot and d.visitor_key = v.visitor_key
      and d.day > v.known_to and d.day >= v.period_first and d.day <= v.period_last offset 0) d
),
-- Each visitor who was there before the period and in it: of all days in the period on which visitors came back the first, and no
-- other, has a day before the period. Arrays are unpacked in the select list, which is faster than a join.
crossing as materialized (
  select r.site_id::bigint * 2 + r.is_bot::int as group_key, unnest(r.visitor_keys) as visitor_key, r.previous_day, r.day,
         s.first_day, s.last_day
  from sites s
  join visitor_returns r on r.company_id = $1::int and r.site_id = s.site_id
    and r.day >= s.first_day and r.day <= s.last_day and r.day <= s.known_to and r.previous_day < s.first_day
    and r.day >= (select min(first_day) from zones) and r.day <= (select max(last_day) from zones)
  where (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
  union all
  select site_id::bigint * 2 + is_bot::int, visitor_key, previous_day, day, period_first, period_last
  from recent where previous_day < period_first
),
-- The last day of those who came back again; the others, who are more, are looked for in a hash table and left out.
again as materialized (
  select visitor_key, group_key, max(day) as day
  from (
    select r.site_id::bigint * 2 + r.is_bot::int as group_key, unnest(r.visitor_keys) as visitor_key, r.day
    from sites s
    join visitor_returns r on r.company_id = $1::int and r.site_id = s.site_id
      and r.day >= s.first_day and r.day <= s.last_day and r.day <= s.known_to and r.previous_day >= s.first_day
      and r.day >= (select min(first_day) from zones) and r.day <= (select max(last_day) from zones)
    where (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
      and exists (select from crossing)
    union all
    select site_id::bigint * 2 + is_bot::int, visitor_key, day from recent where previous_day >= period_first
  ) days
  where (visitor_key, group_key) in (select visitor_key, group_key from crossing)
  group by 1, 2
),
crossed as materialized (
  select c.previous_day as before_day, coalesce(a.day, c.day) as after_day, c.first_day, c.last_day, count(*) as visitors
  from crossing c
  left join again a using (visitor_key, group_key)
  group by 1, 2, 3, 4
),
-- Of each day, who was there and not again up to the end of the period; who was there before the period too is taken off, and told apart.
last_days as (
  select case when day < first_day then day end as before_day, day as after_day, first_day, last_day, visitors from gaps
  union all
  select case when previous_day < first_day then previous_day end, previous_day, first_day, last_day, -visitors
  from gaps where previous_day > '-infinity'
  union all
  select null, after_day, first_day, last_day, -visitors from crossed
  union all
  select before_day, after_day, first_day, last_day, visitors from crossed
)
select case when before_day is null then '' when first_day - 1 - before_day < 7 then 'active'
            when first_day - 1 - before_day < 14 then 'soft' when first_day - 1 - before_day < 30 then 'churned'
            else 'hard' end as before,
       case when last_day - after_day < 7 then 'active' when last_day - after_day < 14 then 'soft'
            when last_day - after_day < 30 then 'churned' else 'hard' end as after,
       sum(visitors)::bigint as visitors
from last_days
group by 1, 2
having sum(visitors) > 0
order by 1, 2;
