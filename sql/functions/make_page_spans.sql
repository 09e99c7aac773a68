-- Adds up sealed_pages over each 7 and each 28 days that end with one of these days and are all chained. To be called by chain_days,
-- for the next days in turn.
create or replace function make_page_spans(p_company_id int, p_time_zone text, p_first date, p_last date) returns void language sql as $$
  insert into sealed_page_spans (
    company_id, span_days, first_day, site_id, is_bot, page, views, visitors, sessions, timed, time_us, entries, exits, bounces, entry_visitors,
    entry_events, entry_page_views, entry_duration_us, exit_visitors, exit_events, exit_page_views, exit_bounces, exit_duration_us, depths, of_depths)
  with
  spans as materialized (
    select z.sites, z.is_listed, s.span_days, d.day::date - s.span_days + 1 as first_day, d.day::date + 1 as end_day
    from company_zones(p_company_id) z
    cross join (values (7), (28)) s (span_days)
    cross join generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') d (day)
    where z.time_zone = p_time_zone and (d.day::date - date '2000-01-02') % s.span_days = 0
      and s.span_days = (
        select count(*) from chained_days c
        where c.company_id = p_company_id and c.time_zone = p_time_zone and c.day > d.day::date - s.span_days and c.day <= d.day::date)
  ),
  pages as materialized (
    select s.span_days, s.first_day, t.*
    from spans s
    join sealed_pages t on t.company_id = p_company_id and t.day >= s.first_day and t.day < s.end_day
      and (t.site_id = any (s.sites)) = s.is_listed
  ),
  scrolled as (
    select span_days, first_day, site_id, is_bot, page, array_agg(depth order by depth) as depths, array_agg(sessions order by depth) as of_depths
    from (
      select t.span_days, t.first_day, t.site_id, t.is_bot, t.page, d.depth, sum(d.sessions)::int as sessions
      from pages t
      cross join lateral unnest(t.depths, t.of_depths) d (depth, sessions)
      group by 1, 2, 3, 4, 5, 6
    ) by_depth
    group by 1, 2, 3, 4, 5
  )
  select p_company_id, t.span_days, t.first_day, t.site_id, t.is_bot, t.page, t.views, t.visitors, t.sessions, t.timed, t.time_us, t.entries,
         t.exits, t.bounces, t.entry_visitors, t.entry_events, t.entry_page_views, t.entry_duration_us, t.exit_visitors, t.exit_events,
         t.exit_page_views, t.exit_bounces, t.exit_duration_us, d.depths, d.of_depths
  from (
    select span_days, first_day, site_id, is_bot, page, sum(views) as views, sum(visitors) as visitors, sum(sessions) as sessions,
           sum(timed) as timed, sum(time_us) as time_us, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces,
           sum(entry_visitors) as entry_visitors, sum(entry_events) as entry_events, sum(entry_page_views) as entry_page_views,
           sum(entry_duration_us) as entry_duration_us, sum(exit_visitors) as exit_visitors, sum(exit_events) as exit_events,
           sum(exit_page_views) as exit_page_views, sum(exit_bounces) as exit_bounces, sum(exit_duration_us) as exit_duration_us
    from pages
    group by 1, 2, 3, 4, 5
  ) t
  left join scrolled d on d.span_days = t.span_days and d.first_day = t.first_day and d.site_id = t.site_id and d.is_bot = t.is_bot
    and (d.page is null) = (t.page is null) and coalesce(d.page, '') = coalesce(t.page, '')
  order by t.span_days, t.first_day
$$;
