-- Computes the rows of sealed_pages of a day: $1 company, $2 time zone, $3 day. The figures are those of sql/metrics/pages.sql,
-- content.sql and breakdown_of_end_pages.sql.
with
happened as materialized (
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.session_id, 0) as session_key,
         e.event_timestamp, e.sequence, e.event_id, e.event_type = 'page_view' as is_view, coalesce(e.page_path, '') as page,
         case when e.event_type = 'scroll' then coalesce(e.value, 0) end as depth
  from events_of_day($1::int, $2::text, $3::date) e
),
ended as materialized (
  select site_id, is_bot, session_key, max(event_timestamp) as ended_at
  from happened where session_key is not null
  group by 1, 2, 3
),
viewed as (
  select v.*, d.ended_at, lead(v.event_timestamp) over (
           partition by v.session_key, v.site_id, v.is_bot order by v.event_timestamp, v.sequence, v.event_id) as next_view_at
  from happened v
  left join ended d on d.session_key = v.session_key and d.site_id = v.site_id and d.is_bot = v.is_bot
  where v.is_view
),
-- Views, and sessions twice: at the page where they began, and at the one where they ended.
counted as (
  select site_id, is_bot, page, null::boolean as is_entry, visitor_key, session_key,
         case when session_key is not null then duration_us(event_timestamp, coalesce(next_view_at, ended_at)) end as time_us,
         null::boolean as bounced, null::int as events, null::int as page_views, null::bigint as duration_us
  from viewed
  union all
  select s.site_id, s.is_bot, p.page, p.is_entry, s.visitor_key, null, null, is_bounce(s.page_views, s.interactions), s.events, s.page_views,
         duration_us(s.started_at, s.ended_at)
  from sessions_of_day($1::int, $2::text, $3::date) s
  cross join lateral (values (coalesce(s.entry_page, ''), true), (coalesce(s.exit_page, ''), false)) p (page, is_entry)
),
scrolled as (
  select site_id, is_bot, page, array_agg(depth order by depth) as depths, array_agg(sessions::int order by depth) as of_depths
  from (
    select site_id, is_bot, page, depth, count(*) as sessions
    from (
      select site_id, is_bot, page, max(depth) as depth
      from happened
      where session_key is not null and (is_view or depth is not null)
      group by site_id, is_bot, page, session_key
      having bool_or(is_view) and max(depth) is not null
    ) reads
    group by grouping sets ((site_id, is_bot, page, depth), (site_id, is_bot, depth))
  ) by_depth
  group by 1, 2, 3
)
select $1::int as company_id, $3::date as day, c.site_id, c.is_bot, c.page, c.views, c.visitors, c.sessions, c.timed, c.time_us,
       c.entries, c.exits, c.bounces, d.depths, d.of_depths, c.entry_duration_us, c.exit_duration_us, c.entry_visitors, c.entry_events,
       c.entry_page_views, c.exit_visitors, c.exit_events, c.exit_page_views, c.exit_bounces
from (
  select site_id, is_bot, page, (count(*) filter (where is_entry is null))::int as views,
         (count(distinct visitor_key) filter (where is_entry is null))::int as visitors, count(distinct session_key)::int as sessions,
         (count(*) filter (where time_us > 0))::int as timed, coalesce(sum(time_us) filter (where time_us > 0), 0)::bigint as time_us,
         (count(*) filter (where is_entry))::int as entries, (count(*) filter (where not is_entry))::int as exits,
         (count(*) filter (where is_entry and bounced))::int as bounces, (count(*) filter (where not is_entry and bounced))::int as exit_bounces,
         (count(distinct visitor_key) filter (where is_entry))::int as entry_visitors,
         (count(distinct visitor_key) filter (where not is_entry))::int as exit_visitors,
         coalesce(sum(events) filter (where is_entry), 0)::int as entry_events,
         coalesce(sum(events) filter (where not is_entry), 0)::int as exit_events,
         coalesce(sum(page_views) filter (where is_entry), 0)::int as entry_page_views,
         coalesce(sum(page_views) filter (where not is_entry), 0)::int as exit_page_views,
         coalesce(sum(duration_us) filter (where is_entry), 0)::bigint as entry_duration_us,
         coalesce(sum(duration_us) filter (where not is_entry), 0)::bigint as exit_duration_us
  from counted
  group by grouping sets ((site_id, is_bot, page), (site_id, is_bot))
) c
left join scrolled d on d.site_id = c.site_id and d.is_bot = c.is_bot and (d.page is null) = (c.page is null)
  and coalesce(d.page, '') = coalesce(c.page, '')
