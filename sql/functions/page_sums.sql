-- Sums of the sealed days of a period by page, and of all pages, whose page is null: in the longest run of chained days, where visitors
-- are those of each day added up, and outside it. Columns as in sealed_pages. Plain enough for the planner to put it into the
-- query that asks, and to leave out what that does not ask for. Part by part (`offset 0`): else all spans there are would be read.
create or replace function page_sums(
  p_company_id int, p_site_ids int[], p_from timestamptz, p_to timestamptz, p_include_bots boolean
)
returns table (
  page text, is_chained boolean, views bigint, visitors bigint, sessions bigint, timed bigint, time_us numeric, entries bigint, exits bigint,
  bounces bigint, entry_visitors bigint, entry_events bigint, entry_page_views bigint, entry_duration_us numeric, exit_visitors bigint,
  exit_events bigint, exit_page_views bigint, exit_bounces bigint, exit_duration_us numeric
) language sql stable parallel safe rows 4000 as $$
  with
  parts as materialized (select * from page_parts(p_company_id, p_from, p_to))
  select s.page, s.is_chained, sum(s.views), sum(s.visitors), sum(s.sessions), sum(s.timed), sum(s.time_us), sum(s.entries), sum(s.exits),
         sum(s.bounces), sum(s.entry_visitors), sum(s.entry_events), sum(s.entry_page_views), sum(s.entry_duration_us), sum(s.exit_visitors),
         sum(s.exit_events), sum(s.exit_page_views), sum(s.exit_bounces), sum(s.exit_duration_us)
  from (
    select p.is_chained, d.*
    from parts p
    cross join lateral (
      select t.page, t.views, t.visitors, t.sessions, t.timed, t.time_us, t.entries, t.exits, t.bounces, t.entry_visitors,
             t.entry_events, t.entry_page_views, t.entry_duration_us, t.exit_visitors, t.exit_events, t.exit_page_views, t.exit_bounces,
             t.exit_duration_us
      from sealed_pages t
      where t.company_id = p_company_id and t.day >= p.first_day and t.day < p.end_day and (t.site_id = any (p.sites)) = p.is_listed
        and (cardinality(p_site_ids) = 0 or t.site_id = any (p_site_ids)) and (p_include_bots or not t.is_bot)
      offset 0
    ) d
    where p.span_days = 1
    union all
    select p.is_chained, d.*
    from parts p
    cross join lateral (
      select t.page, t.views, t.visitors, t.sessions, t.timed, t.time_us, t.entries, t.exits, t.bounces, t.entry_visitors,
             t.entry_events, t.entry_page_views, t.entry_duration_us, t.exit_visitors, t.exit_events, t.exit_page_views, t.exit_bounces,
             t.exit_duration_us
      from sealed_page_spans t
      where t.company_id = p_company_id and t.span_days = p.span_days and t.first_day >= p.first_day and t.first_day < p.end_day
        and (t.site_id = any (p.sites)) = p.is_listed
        and (cardinality(p_site_ids) = 0 or t.site_id = any (p_site_ids)) and (p_include_bots or not t.is_bot)
      offset 0
    ) d
    where p.span_days > 1
  ) s
  group by s.page, s.is_chained
$$;
