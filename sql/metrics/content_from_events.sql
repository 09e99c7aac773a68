-- How is each page read, counted from events and sessions one by one: seen, entered, left, for how long and how far down?
--
-- By path; '' where an event has none. views: in the period; visitors: distinct ones with a view; sessions: those with a view, once
-- for each day (of its site's time zone) and site. entries, exits: sessions that began in the period and whose first or last
-- page it is; bounces: of the entries, those whose session had one page view and no other interaction. time_on_page_seconds: mean
-- time from a view to the session's next view on that day in the period; after the last one to the session's last event on that day
-- in the period; views without a session, or after which nothing came, are left out. How far down: of each session with such a view,
-- the greatest depth in percent that its scroll events on that page and day say, 0 without one. scrolled: sessions with one;
-- median_depth: over all of these sessions, null where none scrolled; reached_25 and so on: how many came so far. In the last row,
-- is_total, they count a session once for each page; reads: how often in all. pages: how many.
-- Filters choose views; the next view is the next one of the session, whether it matches or not, and how far down goes by all its
-- scroll events on the page. Entries, exits and bounces: of sessions as in overview_from_events.sql. What a session does on two sites, or
-- marked as a bot's and not, is taken apart.
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
-- reads: user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/content_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'views', 50, 0);") | psql
with
-- Views that match, and the days of sessions on which they lie: of these the other events are looked for, and of no others.
matching as materialized (
  select coalesce(e.page_path, '') as page, e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key,
         hashtextextended(e.session_id, 0) as session_key, (e.event_timestamp at time zone z.time_zone)::date as day
  from company_zones($1::int) z
  join user_events e on e.company_id = $1::int and (e.site_id = any (z.sites)) = z.is_listed
  where e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and e.event_type = 'page_view' and true /* filters: events e */
),
visits as materialized (
  select distinct site_id, is_bot, session_key, day from matching where session_key is not null
),
happened as materialized (
  select v.site_id, v.is_bot, v.session_key, v.day, e.event_timestamp, e.sequence, e.event_id, coalesce(e.page_path, '') as page,
         hashtextextended(e.visitor_id, 0) as visitor_key, e.event_type = 'page_view' as is_view,
         e.event_type = 'page_view' and true /* filters: events e */ as is_match,
         case when e.event_type = 'scroll' then coalesce(e.value, 0) end as depth
  from company_zones($1::int) z
  join user_events e on e.company_id = $1::int and (e.site_id = any (z.sites)) = z.is_listed
  join visits v on v.session_key = hashtextextended(e.session_id, 0) and v.site_id = e.site_id and v.is_bot = e.is_bot
    and v.day = (e.event_timestamp at time zone z.time_zone)::date
  where e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
),
-- Windows, and no join, which would be planned for a few rows and run over many.
viewed as materialized (
  select e.page, e.site_id, e.is_bot, e.visitor_key, e.session_key, e.day,
         duration_us(e.event_timestamp, coalesce(e.next_view_at, e.ended_at)) as time_us
  from (
    select h.*, lead(h.event_timestamp) over (
             partition by h.session_key, h.site_id, h.is_bot, h.day
             order by h.event_timestamp, h.sequence, h.event_id) as next_view_at
    from (
      select *, max(event_timestamp) over (partition by session_key, site_id, is_bot, day) as ended_at from happened
    ) h
    where h.is_view
  ) e
  where e.is_match
  union all
  select page, site_id, is_bot, visitor_key, null, day, null from matching where session_key is null
),
ends as (
  select page, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select s.entry_page, s.exit_page, is_bounce(s.page_views, s.interactions)::int as bounced
    from sessions s
    where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) matching
  cross join lateral (
    values (coalesce(entry_page, ''), 1, 0, bounced), (coalesce(exit_page, ''), 0, 1, 0)) as e (page, entries, exits, bounces)
  group by grouping sets ((page), ())
),
-- Of one page, and of all, whose page is null.
visitors as (
  select page, count(*) as visitors
  from (
    select page, site_id, is_bot, visitor_key from viewed where visitor_key is not null
    group by grouping sets ((page, site_id, is_bot, visitor_key), (site_id, is_bot, visitor_key))
  ) v
  group by page
),
sessions_of as (
  select page, count(*) as sessions
  from (
    select page, site_id, is_bot, session_key, day from viewed where session_key is not null
    group by grouping sets ((page, site_id, is_bot, session_key, day), (site_id, is_bot, session_key, day))
  ) s
  group by page
),
figures as materialized (
  select page, sum(views) as views, sum(visitors) as visitors, sum(sessions) as sessions, sum(timed) as timed,
         sum(time_us) as time_us, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select page, count(*) as views, 0 as visitors, 0 as sessions, count(*) filter (where time_us > 0) as timed,
           coalesce(sum(time_us) filter (where time_us > 0), 0) as time_us, 0 as entries, 0 as exits, 0 as bounces
    from viewed
    group by grouping sets ((page), ())
    union all
    select page, 0, visitors, 0, 0, 0, 0, 0, 0 from visitors
    union all
    select page, 0, 0, sessions, 0, 0, 0, 0, 0 from sessions_of
    union all
    select page, 0, 0, 0, 0, 0, coalesce(entries, 0), coalesce(exits, 0), coalesce(bounces, 0) from ends
  ) counts
  group by page
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
depths_of as (
  select page as of_page, count(depth) as scrolled,
         case when count(depth) > 0 then percentile_cont(0.5) within group (order by coalesce(depth, 0)) end as median_depth,
         count(*) filter (where depth >= 25) as reached_25, count(*) filter (where depth >= 50) as reached_50,
         count(*) filter (where depth >= 75) as reached_75, count(*) filter (where depth >= 100) as reached_100
  from (
    select page, max(depth) as depth
    from happened
    where is_match or depth is not null
    group by page, site_id, is_bot, session_key, day
    having bool_or(is_match)
  ) reads
  group by grouping sets ((page), ())
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
