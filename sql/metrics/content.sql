-- How is each page read: seen, entered, left, for how long and how far down?
--
-- The columns of content_from_events.sql, without filters. Whole days that are sealed come from sums, the rest from the events
-- themselves: page_figures says how. How far down a page was read is put together for the pages shown, and for all of them.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: views, visitors, sessions, entries, exits or time (on the page); greatest first, equals by page
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 2
-- reads: sealed_pages, sealed_page_spans, sealed_visitor_pages and page_repeats by day; stored_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/content.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'views', 50, 0);") | psql
with
figures as materialized (
  select * from page_figures($1::int, $2::int[], $3::timestamptz, $4::timestamptz, $5::bool, true)
),
ordered as (
  select *, case $6::text when 'visitors' then visitors when 'sessions' then sessions when 'entries' then entries
                          when 'exits' then exits when 'time' then coalesce(time_us::float8 / nullif(timed, 0), 0) else views end as rank
  from figures
  where page is not null
),
shown as materialized (
  select * from ordered order by rank desc, page collate "C" limit $7::int offset $8::int
),
-- How many sessions came so far, of each page shown and of all, whose page is null.
reached as materialized (
  select of_page, depth, sum(n) as n
  from (
    select t.page as of_page, d.depth, d.n
    from page_parts($1::int, $3::timestamptz, $4::timestamptz) p
    cross join lateral (
      select t.page, t.depths, t.of_depths
      from sealed_pages t
      where p.span_days = 1 and t.company_id = $1::int and t.day >= p.first_day and t.day < p.end_day
        and (t.site_id = any (p.sites)) = p.is_listed
        and (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
      union all
      select t.page, t.depths, t.of_depths
      from sealed_page_spans t
      where p.span_days > 1 and t.company_id = $1::int and t.span_days = p.span_days
        and t.first_day >= p.first_day and t.first_day < p.end_day and (t.site_id = any (p.sites)) = p.is_listed
        and (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
    ) t
    cross join lateral unnest(t.depths, t.of_depths) d (depth, n)
    where t.page is null or t.page in (select page from shown)
    union all
    select f.page, d.depth, d.n
    from (select page, depths, of_depths from figures where page is null union all select page, depths, of_depths from shown) f
    cross join lateral unnest(f.depths, f.of_depths) d (depth, n)
  ) counts
  group by of_page, depth
),
-- With those who did not scroll.
all_depths as (
  select of_page, depth, n from reached
  union all
  select of_page, 0, case when of_page is null then (select sum(sessions) from ordered)
                          else (select s.sessions from shown s where s.page = of_page) end - sum(n)
  from reached
  group by of_page
),
in_order as (
  select *, sum(n) over (partition by of_page order by depth) as up_to, sum(n) over (partition by of_page) as sessions
  from all_depths
),
depths_of as (
  select m.*, r.scrolled, r.reached_25, r.reached_50, r.reached_75, r.reached_100
  from (
    select of_page, (min(depth) filter (where up_to > floor((sessions - 1) / 2.0))
                     + min(depth) filter (where up_to > ceil((sessions - 1) / 2.0))) / 2 as median_depth
    from in_order
    group by of_page
  ) m
  join (
    select of_page as page, sum(n) as scrolled, coalesce(sum(n) filter (where depth >= 25), 0) as reached_25,
           coalesce(sum(n) filter (where depth >= 50), 0) as reached_50, coalesce(sum(n) filter (where depth >= 75), 0) as reached_75,
           coalesce(sum(n) filter (where depth >= 100), 0) as reached_100
    from reached
    group by of_page
  ) r on r.page is not distinct from m.of_page
)
select is_total, coalesce(page, '') as page, case when is_total then (select count(*) from ordered) end as pages, views, visitors, sessions,
       entries, exits, bounces, time_us::float8 / 1e6 / nullif(timed, 0)::float8 as time_on_page_seconds,
       coalesce(scrolled, 0) as scrolled, median_depth, coalesce(reached_25, 0) as reached_25, coalesce(reached_50, 0) as reached_50,
       coalesce(reached_75, 0) as reached_75, coalesce(reached_100, 0) as reached_100,
       case when is_total then (select coalesce(sum(sessions), 0) from ordered) end as reads
from (
  select false as is_total, * from shown
  union all
  select true, *, null from figures where page is null
) rows
left join depths_of on of_page is not distinct from page
order by is_total, rank desc, page collate "C";
