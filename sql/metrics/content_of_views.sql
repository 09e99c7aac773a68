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
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- On days that are not sealed, day by day; a visit is what a session does on a day, on a site, and as a bot's or not.
recent as materialized (
  select e.of_site, e.event_timestamp, e.sequence, e.event_id, e.page, e.visitor_key, e.visit_key, e.is_view, e.is_match, e.depth
  from raw_days($1::int, $3::timestamptz, $4::timestamptz) d
  cross join lateral (
    select e.site_id, e.site_id::bigint << 1 | e.is_bot::int as of_site, e.event_timestamp, e.sequence, e.event_id,
           coalesce(e.page_path, '') as page, hashtextextended(e.visitor_id, 0) as visitor_key,
           visit_key(e.session_id, d.day, e.site_id, e.is_bot) as visit_key, e.event_type = 'page_view' as is_view,
           e.event_type = 'page_view' and true /* filters: events e */ as is_match,
           case when e.event_type = 'scroll' then coalesce(e.value, 0) end as depth
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= d.from_time and e.event_timestamp < d.to_time
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    offset 0
  ) e
  where (e.site_id = any (d.sites)) = d.is_listed
),
-- Only visits with a view that matches. `is true`, so that it is no join, which would be planned for one row.
one_by_one as materialized (
  select e.page, e.of_site, e.visitor_key, e.visit_key as session,
         duration_us(e.event_timestamp, coalesce(e.next_view_at, e.ended_at)) as time_us, e.depth
  from (
    select r.of_site, r.page, r.visitor_key, r.visit_key, r.event_timestamp, r.is_match,
           min(r.event_timestamp) filter (where r.is_view) over later as next_view_at, max(r.event_timestamp) over later as ended_at,
           max(r.depth) over (partition by r.visit_key, r.page) as depth
    from recent r
    where (r.visit_key in (select visit_key from recent where is_match)) is true
    window later as (
      partition by r.visit_key order by r.event_timestamp desc, r.sequence desc, r.event_id desc
      rows between unbounded preceding and 1 preceding)
  ) e
  where e.is_match
  union all
  select page, of_site, visitor_key, null, null, null from recent where is_match and visit_key is null
),
-- Pages as numbers: those of traits, and below 0 pages that were not seen on a sealed day.
pages as materialized (
  select p.page, coalesce(x.trait_id, -row_number() over ()::int) as page_id
  from (select distinct page from one_by_one) p
  left join session_traits x on x.company_id = $1::int and x.trait_key = trait_key('page', array[nullif(p.page, '')])
),
-- What happens on a site is told apart from what happens on others, and bots from people (of_site is both), and sessions day by day: all of
-- that goes into keys of 64 bits, because one number is told apart faster than three.
views as materialized (
  select e.page_trait as page_id, e.visitor_key # e.of_site as visitor, e.visits_key # e.session as session, e.time_us, e.depth
  from (
    select v.site_id::bigint << 1 | v.is_bot::int as of_site, visit_key('', v.day, v.site_id, v.is_bot) as visits_key,
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
  select p.page_id, e.visitor_key # e.of_site, e.session, e.time_us, e.depth
  from one_by_one e
  join pages p using (page)
),
-- Sessions that began and ended at a page, of sealed days by its trait.
begun as (
  select s.entry_trait, s.exit_trait, count(*) as sessions, count(*) filter (where s.is_bounce) as bounces
  from parts p
  join sealed_sessions s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
    and (s.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sealed s */
  group by grouping sets ((s.entry_trait), (s.exit_trait))
),
ends as (
  select page, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select coalesce(x.page, '') as page, case when b.exit_trait is null then b.sessions else 0 end as entries,
           case when b.exit_trait is null then 0 else b.sessions end as exits,
           case when b.exit_trait is null then b.bounces else 0 end as bounces
    from begun b
    join session_traits x on x.company_id = $1::int and x.trait_id = coalesce(b.entry_trait, b.exit_trait)
    union all
    select e.page, e.entries, e.exits, e.bounces
    from parts p
    cross join lateral (
      select s.site_id, s.entry_page, s.exit_page, is_bounce(s.page_views, s.interactions)::int as is_bounce
      from sessions s
      where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time
        and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
        and true /* filters: sessions s */
      offset 0
    ) s
    cross join lateral (values (coalesce(s.entry_page, ''), 1, 0, s.is_bounce), (coalesce(s.exit_page, ''), 0, 1, 0)) e (page, entries, exits, bounces)
    where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
  ) both_parts
  group by grouping sets ((page), ())
),
names as (
  select trait_id as page_id, coalesce(page, '') as page from session_traits where company_id = $1::int and kind = 'page'
  union all
  select page_id, page from pages where page_id < 0
),
-- Of one page, and of all, whose page_id is null.
counted as (
  select page_id, count(*) as views, count(distinct visitor) as visitors, count(distinct session) as sessions,
         count(*) filter (where time_us > 0) as timed, coalesce(sum(time_us) filter (where time_us > 0), 0) as time_us
  from views
  group by grouping sets ((page_id), ())
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
by_depth as materialized (select page_id, depth, count(distinct session) as n from views where depth is not null group by 1, 2),
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
