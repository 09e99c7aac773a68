-- How is each page read, of those views and sessions that have something in common: seen, entered, left, for how long and how far down?
--
-- The columns of content_from_events.sql, with filters on what a session has one value of but for its entry and exit page. Sealed days come
-- from the arrays of their views and from the narrow rows of their sessions, the rest from events and sessions.
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
-- reads: sealed_days, sealed_views_by_day, sealed_sessions_by_day, session_traits; user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/content_of_views.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'views', 50, 0);") | psql
with
parts as materialized (
  select p.*, z.time_zone
  from period_parts($1::int, $3::timestamptz, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
),
-- On days that are not sealed: views that match, and the days of sessions on which they lie, of which the other events are looked for.
matching as materialized (
  select coalesce(e.page_path, '') as page, e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key,
         hashtextextended(e.session_id, 0) as session_key, (e.event_timestamp at time zone p.time_zone)::date as day
  from parts p
  cross join lateral (
    select * from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time and e.event_type = 'page_view'
    offset 0) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
),
visits as materialized (
  select distinct site_id, is_bot, session_key, day from matching where session_key is not null
),
-- `is true`, so that it is no join, which would be planned for one row.
happened as materialized (
  select e.site_id, e.is_bot, hashtextextended(e.session_id, 0) as session_key, (e.event_timestamp at time zone p.time_zone)::date as day,
         e.event_timestamp, e.sequence, e.event_id, coalesce(e.page_path, '') as page,
         hashtextextended(e.visitor_id, 0) as visitor_key, e.event_type = 'page_view' as is_view,
         e.event_type = 'page_view' and true /* filters: events e */ as is_match,
         case when e.event_type = 'scroll' then coalesce(e.value, 0) end as scrolled_to
  from parts p
  cross join lateral (
    select * from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time offset 0) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and ((hashtextextended(e.session_id, 0), e.site_id, e.is_bot, (e.event_timestamp at time zone p.time_zone)::date) in (
      select session_key, site_id, is_bot, day from visits)) is true
),
one_by_one as materialized (
  select e.page, e.site_id, e.is_bot, e.visitor_key, (e.day - date '2000-01-01')::bigint << 32 | dense_rank() over (order by e.session_key) as session,
         duration_us(e.event_timestamp, coalesce(e.next_view_at, e.ended_at)) as time_us, e.depth
  from (
    select h.*, lead(h.event_timestamp) over (
             partition by h.session_key, h.site_id, h.is_bot, h.day
             order by h.event_timestamp, h.sequence, h.event_id) as next_view_at
    from (
      select *, max(event_timestamp) over (partition by session_key, site_id, is_bot, day) as ended_at,
             max(scrolled_to) over (partition by session_key, site_id, is_bot, day, page) as depth
      from happened
    ) h
    where h.is_view
  ) e
  where e.is_match
  union all
  select page, site_id, is_bot, visitor_key, null, null, null from matching where session_key is null
),
-- Pages as numbers: those of traits, and below 0 pages that were not seen on a sealed day.
pages as materialized (
  select p.page, coalesce(x.trait_id, -row_number() over ()::int) as page_id
  from (select distinct page from one_by_one) p
  left join session_traits x on x.company_id = $1::int and x.trait_key = trait_key('page', array[nullif(p.page, '')])
),
-- What happens on a site is told apart from what happens on others, and bots from people: of_site is both.
views as materialized (
  select e.page_trait as page_id, e.of_site, e.visitor_key, e.day_number | e.session as session, e.time_us, e.depth
  from (
    select v.site_id::bigint << 1 | v.is_bot::int as of_site, (v.day - date '2000-01-01')::bigint << 32 as day_number,
           unnest(v.page_traits) as page_trait, unnest(v.sessions) as session, unnest(v.visitor_keys) as visitor_key,
           unnest(v.times_us) as time_us, unnest(v.source_traits) as source_trait, unnest(v.client_traits) as client_trait, unnest(v.depths) as depth,
           v.place_trait
    from parts p
    join sealed_views v on p.is_sealed and v.company_id = $1::int and v.day >= p.first_day and v.day < p.end_day
      and (v.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
      and true /* filters: places v */
  ) e
  where true /* filters: seen e */
  union all
  select p.page_id, e.site_id::bigint << 1 | e.is_bot::int, e.visitor_key, e.session, e.time_us, e.depth
  from one_by_one e
  join pages p using (page)
),
begun as materialized (
  select s.entry_trait, s.exit_trait, s.is_bounce
  from parts p
  join sealed_sessions s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
    and (s.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sealed s */
),
ends as (
  select page, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select coalesce(x.page, '') as page, b.entries, b.exits, b.bounces
    from (
      select entry_trait as trait_id, count(*) as entries, 0 as exits, count(*) filter (where is_bounce) as bounces from begun group by 1
      union all
      select exit_trait, 0, count(*), 0 from begun group by 1
    ) b
    join session_traits x on x.company_id = $1::int and x.trait_id = b.trait_id
    union all
    select e.*
    from parts p
    cross join lateral (
      select s.*, is_bounce(s.page_views, s.interactions) as is_bounce from sessions s
      where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
    cross join lateral (values (coalesce(s.entry_page, ''), 1, 0, s.is_bounce::int), (coalesce(s.exit_page, ''), 0, 1, 0)) e (page, entries, exits, bounces)
    where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) both_parts
  group by grouping sets ((page), ())
),
-- Of one page, and of all, whose page_id is null.
visitors as (
  select page_id, count(*) as visitors
  from (
    select page_id from views where visitor_key is not null
    group by grouping sets ((page_id, of_site, visitor_key), (of_site, visitor_key))
  ) v
  group by page_id
),
-- Sessions with a view of a page on a day; of all pages, whose page_id is null, a session counts once a day.
reads as materialized (
  select page_id, max(depth) as depth from views where session is not null group by page_id, of_site, session
),
sessions_of as (
  select page_id, count(*) as sessions from reads group by page_id
  union all
  select null, count(*) from (select distinct of_site, session from views where session is not null) s
),
names as (
  select trait_id as page_id, coalesce(page, '') as page from session_traits where company_id = $1::int and kind = 'page'
  union all
  select page_id, page from pages where page_id < 0
),
counted as (
  select page_id, sum(views) as views, sum(visitors) as visitors, sum(sessions) as sessions, sum(timed) as timed, sum(time_us) as time_us
  from (
    select page_id, count(*) as views, 0 as visitors, 0 as sessions, count(*) filter (where time_us > 0) as timed,
           coalesce(sum(time_us) filter (where time_us > 0), 0) as time_us
    from views
    group by grouping sets ((page_id), ())
    union all
    select page_id, 0, visitors, 0, 0, 0 from visitors
    union all
    select page_id, 0, 0, sessions, 0, 0 from sessions_of
  ) counts
  group by page_id
),
figures as materialized (
  select page, sum(views) as views, sum(visitors) as visitors, sum(sessions) as sessions, sum(timed) as timed,
         sum(time_us) as time_us, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select n.page, c.views, c.visitors, c.sessions, c.timed, c.time_us, 0 as entries, 0 as exits, 0 as bounces
    from counted c
    left join names n using (page_id)
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
-- How many sessions came so far, of each page shown and of all, whose page is null.
by_depth as materialized (select page_id, depth, count(*) as n from reads where depth is not null group by 1, 2),
reached as materialized (
  select n.page as of_page, d.depth, sum(d.n) as n
  from by_depth d
  join names n using (page_id)
  where n.page in (select page from shown)
  group by 1, 2
  union all
  select null, depth, sum(n) from by_depth group by depth
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
