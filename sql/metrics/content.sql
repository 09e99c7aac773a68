-- How is each page read: seen, entered, left, for how long and how far down?
--
-- By path; '' where an event has none. views, visitors, entries and exits as in pages_from_events.sql, with filters as there;
-- sessions: distinct ones with a view; time_on_page_seconds: mean time from a view to the session's next view in the period, after
-- the last one to the session's last event or the end of the period, over midnight too. bounces: of the entries, those whose session had one page view and no other interaction. How far
-- down: of each session with such a view, the greatest depth in percent that its scroll events on that page in the period
-- say, 0 without one. scrolled: sessions with one; median_depth: over all of these sessions, null where none scrolled;
-- reached_25 and so on: how many came so far. In the last row, is_total, they count a session once for each page; reads: how
-- often in all. pages: how many.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: views, visitors, sessions, entries, exits or time (on the page); greatest first, equals by page
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/content.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'views', 50, 0);") | psql
with
by_session as materialized (
  select coalesce(e.page_path, '') as page, e.site_id, e.is_bot, e.visitor_id, e.session_id, count(*) as views,
         count(*) filter (where seconds > 0) as timed, sum(seconds) filter (where seconds > 0) as seconds
  from (
    select v.*, case when v.session_id is not null then
             date_part('epoch', least(coalesce(v.next_view_at, s.ended_at), $4::timestamptz) - v.event_timestamp) end as seconds
    from (
      select p.*,
             lead(p.event_timestamp) over (
               partition by p.session_id order by p.event_timestamp, p.sequence, p.event_id) as next_view_at
      from user_events p
      where p.company_id = $1::int and p.event_timestamp >= $3::timestamptz and p.event_timestamp < $4::timestamptz
        and (cardinality($2::int[]) = 0 or p.site_id = any ($2::int[])) and ($5::bool or not p.is_bot)
        and p.event_type = 'page_view'
    ) v
    left join sessions s on s.company_id = v.company_id and s.session_id = v.session_id
  ) e
  where true /* filters: events e */
  group by 1, e.site_id, e.is_bot, e.visitor_id, e.session_id
),
-- Joins of what is counted here would be planned for a few rows and run over many: it is put together by groups instead.
reads as materialized (
  select page, count(*) as sessions, count(depth) as scrolled,
         case when count(depth) > 0 then percentile_cont(0.5) within group (order by coalesce(depth, 0)) end as median_depth,
         count(*) filter (where depth >= 25) as reached_25, count(*) filter (where depth >= 50) as reached_50,
         count(*) filter (where depth >= 75) as reached_75, count(*) filter (where depth >= 100) as reached_100
  from (
    select page, session_id, max(depth) as depth
    from (
      select page, session_id, true as viewed, null::float8 as depth from by_session where session_id is not null
      union all
      select coalesce(page_path, ''), session_id, false, coalesce(value, 0)
      from user_events
      where company_id = $1::int and event_timestamp >= $3::timestamptz and event_timestamp < $4::timestamptz
        and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
        and event_type = 'scroll' and session_id is not null
    ) seen
    group by page, session_id
    having bool_or(viewed)
  ) each
  group by grouping sets (page, ())
),
ends as materialized (
  select page, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select s.entry_page, s.exit_page, (s.page_views = 1 and s.interactions = 0)::int as bounced
    from sessions s
    where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) matching
  cross join lateral (
    values (coalesce(entry_page, ''), 1, 0, bounced), (coalesce(exit_page, ''), 0, 1, 0)) as e (page, entries, exits, bounces)
  group by page
),
groups as materialized (
  select page, sum(views) as views, sum(visitors) as visitors, sum(sessions) as sessions, sum(entries) as entries,
         sum(exits) as exits, sum(bounces) as bounces, sum(timed) as timed, sum(seconds) as seconds, sum(scrolled) as scrolled,
         max(median_depth) as median_depth, sum(reached_25) as reached_25, sum(reached_50) as reached_50,
         sum(reached_75) as reached_75, sum(reached_100) as reached_100
  from (
    select page, views, 0 as visitors, 0 as sessions, 0 as entries, 0 as exits, 0 as bounces, timed, seconds, 0 as scrolled,
           null::float8 as median_depth, 0 as reached_25, 0 as reached_50, 0 as reached_75, 0 as reached_100
    from by_session
    union all
    select page, 0, count(*), 0, 0, 0, 0, 0, null, 0, null, 0, 0, 0, 0
    from (select distinct page, site_id, is_bot, visitor_id from by_session where visitor_id is not null) v
    group by page
    union all
    select page, 0, 0, sessions, 0, 0, 0, 0, null, scrolled, median_depth, reached_25, reached_50, reached_75, reached_100
    from reads
    where page is not null
    union all
    select page, 0, 0, 0, entries, exits, bounces, 0, null, 0, null, 0, 0, 0, 0 from ends
  ) parts
  group by page
),
ordered as (
  select *, case $6::text when 'visitors' then visitors when 'sessions' then sessions when 'entries' then entries
                          when 'exits' then exits when 'time' then coalesce(seconds / nullif(timed, 0), 0) else views end as rank
  from groups
),
shown as (
  select * from ordered order by rank desc, page collate "C" limit $7::int offset $8::int
),
total as (
  select count(*) as pages, coalesce(sum(views), 0) as views,
         (select count(*) from (
            select distinct site_id, is_bot, visitor_id from by_session where visitor_id is not null) v) as visitors,
         (select count(*) from (select distinct session_id from by_session where session_id is not null) s) as sessions,
         coalesce(sum(entries), 0) as entries, coalesce(sum(exits), 0) as exits, coalesce(sum(bounces), 0) as bounces,
         coalesce(sum(timed), 0) as timed, sum(seconds) as seconds, coalesce(sum(scrolled), 0) as scrolled,
         coalesce(sum(reached_25), 0) as reached_25, coalesce(sum(reached_50), 0) as reached_50,
         coalesce(sum(reached_75), 0) as reached_75, coalesce(sum(reached_100), 0) as reached_100,
         (select sessions from reads where page is null) as reads,
         (select median_depth from reads where page is null) as median_depth
  from groups
)
select is_total, page, pages, views, visitors, sessions, entries, exits, bounces,
       seconds / nullif(timed, 0)::float8 as time_on_page_seconds, scrolled, median_depth, reached_25, reached_50, reached_75,
       reached_100, reads
from (
  select false as is_total, page, null::bigint as pages, views, visitors, sessions, entries, exits, bounces, timed, seconds,
         scrolled, median_depth, reached_25, reached_50, reached_75, reached_100, null::bigint as reads, rank
  from shown
  union all
  select true, '', pages, views, visitors, sessions, entries, exits, bounces, timed, seconds, scrolled,
         median_depth, reached_25, reached_50, reached_75, reached_100, reads, null
  from total
) rows
order by is_total, rank desc, page collate "C";
