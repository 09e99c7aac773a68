-- Computes the rows of sealed_pages of a day: $1 company, $2 time zone, $3 day. The figures are those of sql/metrics/pages.sql,
-- content.sql and breakdown_of_end_pages.sql. Each part says of pages, and of all of a site (is_total), what it knows; they are added up.
with
by_visitor as materialized (
  select site_id, is_bot, page_key, visitor_key, count(*) as views, count(*) filter (where time_us > 0) as timed,
         sum(time_us) filter (where time_us > 0) as time_us
  from day_views group by 1, 2, 3, 4
),
by_session as materialized (
  select site_id, is_bot, page_key, session_key from day_views where session_key is not null group by 1, 2, 3, 4
),
-- Sessions at the page where they began, and at the one where they ended.
ended as (
  select s.site_id, s.is_bot, p.is_entry, p.page_key, grouping(p.page_key) = 1 as is_total, count(*) as sessions,
         count(*) filter (where s.is_bounce) as bounces, count(distinct s.visitor_key) as visitors, sum(s.events) as events,
         sum(s.page_views) as page_views, sum(s.duration_us) as duration_us
  from day_sessions s
  cross join lateral (values
    (case when s.entry_page = '' then 0 else s.entry_key end, true), (case when s.exit_page = '' then 0 else s.exit_key end, false)
  ) p (page_key, is_entry)
  group by grouping sets ((s.site_id, s.is_bot, p.is_entry, p.page_key), (s.site_id, s.is_bot, p.is_entry))
),
parts (site_id, is_bot, page_key, is_total, views, visitors, sessions, timed, time_us, is_entry, ends, bounces, end_visitors, events, page_views,
       duration_us) as (
  select site_id, is_bot, page_key, false, sum(views), count(visitor_key), 0, sum(timed), sum(time_us), null::boolean, 0, 0, 0, 0, 0, 0
  from by_visitor group by 1, 2, 3
  union all
  select site_id, is_bot, null, true, sum(views), count(visitor_key), 0, sum(timed), sum(time_us), null, 0, 0, 0, 0, 0, 0
  from (
    select site_id, is_bot, visitor_key, sum(views) as views, sum(timed) as timed, sum(time_us) as time_us from by_visitor group by 1, 2, 3
  ) v
  group by 1, 2
  union all
  select site_id, is_bot, page_key, false, 0, 0, count(*), 0, 0, null, 0, 0, 0, 0, 0, 0 from by_session group by 1, 2, 3
  union all
  select site_id, is_bot, null, true, 0, 0, count(*), 0, 0, null, 0, 0, 0, 0, 0, 0
  from (select distinct site_id, is_bot, session_key from by_session) s group by 1, 2
  union all
  select site_id, is_bot, page_key, is_total, 0, 0, 0, 0, 0, is_entry, sessions, bounces, visitors, events, page_views, duration_us from ended
),
counted as (
  select site_id, is_bot, page_key, is_total, sum(views)::int as views, sum(visitors)::int as visitors, sum(sessions)::int as sessions,
         sum(timed)::int as timed, coalesce(sum(time_us), 0)::bigint as time_us,
         coalesce(sum(ends) filter (where is_entry), 0)::int as entries, coalesce(sum(ends) filter (where not is_entry), 0)::int as exits,
         coalesce(sum(bounces) filter (where is_entry), 0)::int as bounces,
         coalesce(sum(bounces) filter (where not is_entry), 0)::int as exit_bounces,
         coalesce(sum(end_visitors) filter (where is_entry), 0)::int as entry_visitors,
         coalesce(sum(end_visitors) filter (where not is_entry), 0)::int as exit_visitors,
         coalesce(sum(events) filter (where is_entry), 0)::int as entry_events,
         coalesce(sum(events) filter (where not is_entry), 0)::int as exit_events,
         coalesce(sum(page_views) filter (where is_entry), 0)::int as entry_page_views,
         coalesce(sum(page_views) filter (where not is_entry), 0)::int as exit_page_views,
         coalesce(sum(duration_us) filter (where is_entry), 0)::bigint as entry_duration_us,
         coalesce(sum(duration_us) filter (where not is_entry), 0)::bigint as exit_duration_us
  from parts
  group by 1, 2, 3, 4
),
scrolled as (
  select site_id, is_bot, coalesce(page_key, 0) as page_key, is_total, array_agg(depth order by depth) as depths,
         array_agg(sessions::int order by depth) as of_depths
  from (
    select d.site_id, d.is_bot, d.page_key, grouping(d.page_key) = 1 as is_total, d.depth, count(*) as sessions
    from day_depths d
    join by_session s on s.session_key = d.session_key and s.page_key = d.page_key and s.site_id = d.site_id and s.is_bot = d.is_bot
    group by grouping sets ((d.site_id, d.is_bot, d.page_key, d.depth), (d.site_id, d.is_bot, d.depth))
  ) by_depth
  group by 1, 2, 3, 4
)
select $1::int as company_id, $3::date as day, c.site_id, c.is_bot, case when not c.is_total then coalesce(p.page, '') end as page, c.views,
       c.visitors, c.sessions, c.timed, c.time_us, c.entries, c.exits, c.bounces, d.depths, d.of_depths, c.entry_duration_us,
       c.exit_duration_us, c.entry_visitors, c.entry_events, c.entry_page_views, c.exit_visitors, c.exit_events, c.exit_page_views,
       c.exit_bounces
from counted c
left join day_traits p on p.kind = 'page' and p.key = c.page_key
left join scrolled d on d.site_id = c.site_id and d.is_bot = c.is_bot and d.is_total = c.is_total and d.page_key = coalesce(c.page_key, 0)
