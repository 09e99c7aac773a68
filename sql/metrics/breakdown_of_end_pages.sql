-- How is all traffic spread over the pages where sessions begin, or end?
--
-- The columns of breakdown_of_sessions.sql, without filters, by entry or exit page. Days that are sealed come from sums of them; of distinct
-- visitors those are taken off who were there on a day before, as docs/decisions/0018 has it for pages. Who was there outside the longest
-- run of chained days counts if not there in that run, which its narrow rows say.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: visitors, sessions or events; greatest first, equals by value
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- $9 dimension text: entry_page, as the file stands, or exit_page
-- version: 1
-- reads: sealed_days, chained_days, sealed_pages_by_day, sealed_page_spans_by_day, page_repeats_by_day, sealed_sessions_by_day, sealed_sessions_by_visitor, session_traits; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/breakdown_of_end_pages.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0, 'entry_page');") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
runs as materialized (select * from chained_run($1::int, $3::timestamptz, $4::timestamptz)),
-- The sums of each page, and those of all, whose page is null.
sums as materialized (
  select page, is_chained,
         case $9::text when 'entry_page' then entries else exits end as sessions,
         case $9::text when 'entry_page' then entry_visitors else exit_visitors end as visitors,
         case $9::text when 'entry_page' then entry_events else exit_events end as events,
         case $9::text when 'entry_page' then entry_page_views else exit_page_views end as page_views,
         case $9::text when 'entry_page' then bounces else exit_bounces end as bounces,
         case $9::text when 'entry_page' then entry_duration_us else exit_duration_us end as duration_us
  from page_sums($1::int, $2::int[], $3::timestamptz, $4::timestamptz, $5::bool)
),
-- Of the visitors of each day of the runs, those who had been there with the page since the run began; 0 is any page.
repeated as materialized (
  select g.page_key, sum(g.up_to[cardinality(g.up_to)]
           - coalesce(g.up_to[width_bucket(r.first_day - 1, g.previous_days)], 0)) as visitors
  from runs r
  join page_repeats g on g.company_id = $1::int and g.dimension = $9::text and g.day >= r.first_day and g.day < r.end_day
    and (g.site_id = any (r.sites)) = r.is_listed
  where (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  group by 1
),
days as materialized (
  select s.page as value, s.sessions, s.events, s.page_views, s.bounces, s.duration_us,
         case when s.is_chained then s.visitors - coalesce(r.visitors, 0) else 0 end as visitors
  from sums s
  left join repeated r on r.page_key = page_key(s.page)
),
one_by_one as materialized (
  select coalesce(s.entry_page, '') /* by: sessions s */ as value, s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views,
         is_bounce(s.page_views, s.interactions) as is_bounce, duration_us(s.started_at, s.ended_at) as duration_us
  from parts p
  cross join lateral (
    select * from sessions s
    where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
  where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
),
-- Who was there with which value outside the runs: on days that are not sealed, and on sealed ones that are not chained.
outside as materialized (
  select site_id, is_bot, visitor_key, value from one_by_one where visitor_key is not null
  union
  select s.site_id, s.is_bot, s.visitor_key, coalesce(x.page, '') /* by: trait */ as value
  from parts p
  left join runs r on r.sites = p.sites and r.is_listed = p.is_listed and r.first_day >= p.first_day and r.end_day <= p.end_day
  cross join lateral (values
    (p.first_day, coalesce(r.first_day, p.end_day)), (coalesce(r.end_day, p.end_day), p.end_day)) d (first_day, end_day)
  join sealed_sessions s on s.company_id = $1::int and s.day >= d.first_day and s.day < d.end_day
    and (s.site_id = any (p.sites)) = p.is_listed
  join session_traits x on x.company_id = $1::int and x.trait_id = s.entry_trait /* by: trait */
  where p.is_sealed and s.visitor_key is not null
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
),
-- Those of them who were in a run, with which values: each is looked for, as all rows of a long run are many more.
inside as materialized (
  select distinct s.site_id, s.is_bot, s.visitor_key, coalesce(x.page, '') /* by: trait */ as value
  from (select distinct visitor_key from outside) o
  cross join lateral (
    select * from sealed_sessions s where s.company_id = $1::int and s.visitor_key = o.visitor_key offset 0) s
  join runs r on s.day >= r.first_day and s.day < r.end_day and (s.site_id = any (r.sites)) = r.is_listed
  join session_traits x on x.company_id = $1::int and x.trait_id = s.entry_trait /* by: trait */
),
groups as materialized (
  select value, sum(visitors)::bigint as visitors, sum(sessions)::bigint as sessions, sum(events) as events,
         sum(page_views) as page_views, sum(bounces)::bigint as bounces, sum(duration_us) as duration_us
  from (
    select value, visitors, sessions, events, page_views, bounces, duration_us from days where value is not null and sessions > 0
    union all
    select value, 0, 1, events, page_views, is_bounce::int, duration_us from one_by_one
    union all
    select o.value, 1, 0, 0, 0, 0, 0
    from outside o
    where not exists (
      select from inside i
      where i.visitor_key = o.visitor_key and i.site_id = o.site_id and i.is_bot = o.is_bot and i.value = o.value)
  ) counts
  group by value
),
shown as (
  select * from groups
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
),
total as (
  select (select coalesce(sum(visitors), 0) from days where value is null)
         + (select count(*) from (
              select distinct site_id, is_bot, visitor_key from outside
              except
              select site_id, is_bot, visitor_key from inside) v) as visitors,
         count(*) as values, coalesce(sum(sessions), 0) as sessions, coalesce(sum(events), 0) as events,
         coalesce(sum(page_views), 0) as page_views, sum(bounces) as bounces, sum(duration_us) as duration_us
  from groups
)
select is_total, value, values, visitors, sessions, events, page_views, bounces::float8 / nullif(sessions, 0)::float8 as bounce_rate,
       duration_us::float8 / 1e6 / nullif(sessions, 0)::float8 as mean_duration_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, page_views, bounces, duration_us
  from shown
  union all
  select true, '', values, visitors, sessions, events, page_views, bounces, duration_us from total
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
