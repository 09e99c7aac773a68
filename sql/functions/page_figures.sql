-- What sql/metrics/pages.sql and content.sql count of each page without filters, and of all pages, whose page is null: see
-- there. Whole days that are sealed come from sums: a visitor of such days counts for a page on the first of the days on which it
-- was seen, because page_repeats says how many of a day's visitors had seen it on which day before. The rest comes from the events
-- themselves, and sessions one by one. Without merge joins: the planner expects a hundred times the rows that there are, and would sort them.
-- p_with_depths: say in depths and of_depths, of the rest alone, how many sessions of a day scrolled to which depth at most, as in
-- sealed_pages; else both are null.
drop function if exists page_figures(int, int[], timestamptz, timestamptz, boolean);

create or replace function page_figures(
  p_company_id int, p_site_ids int[], p_from timestamptz, p_to timestamptz, p_include_bots boolean,
  p_with_depths boolean
)
returns table (
  page text, views bigint, visitors bigint, sessions bigint, timed bigint, time_us bigint, entries bigint, exits bigint,
  bounces bigint, depths float8[], of_depths int[]
) language sql stable parallel safe rows 2000 set enable_mergejoin = off as $$
with
parts as materialized (select * from period_parts(p_company_id, p_from, p_to)),
chain as materialized (select * from chained_run(p_company_id, p_from, p_to)),
sealed as materialized (
  select page, is_chained, views, sessions, visitors, timed, time_us, entries, exits, bounces
  from page_sums(p_company_id, p_site_ids, p_from, p_to, p_include_bots)
),
-- The rest, day by day (`offset 0`): the planner expects few events then, as they are. Events of a visit are passed from the last to
-- the first, so that with each view it is known when the next one was, or else when the visit ended.
happened as materialized (
  select e.page_key, e.page, e.of_site, e.visitor_key, e.visit_key, e.is_view, e.depth,
         e.is_view and e.visit_key is not null and e.next_view_at is null as is_last,
         case when e.is_view and e.visit_key is not null then
           nullif(greatest(duration_us(e.event_timestamp, coalesce(e.next_view_at, e.ended_at)), 0), 0) end as time_us
  from (
    select e.*, min(e.event_timestamp) filter (where e.is_view) over later as next_view_at,
           max(e.event_timestamp) over later as ended_at
    from raw_days(p_company_id, p_from, p_to) d
    cross join lateral (
      select r.site_id, r.site_id::bigint << 1 | r.is_bot::int as of_site, r.event_timestamp, r.sequence, r.event_id,
             coalesce(r.page_path, '') as page, page_key(coalesce(r.page_path, '')) as page_key, r.event_type = 'page_view' as is_view,
             hashtextextended(r.visitor_id, 0) as visitor_key, visit_key(r.session_id, d.day, r.site_id, r.is_bot) as visit_key,
             case when p_with_depths and r.event_type = 'scroll' then coalesce(r.value, 0) end as depth
      from stored_events r
      where r.company_id = p_company_id and r.event_timestamp >= d.from_time and r.event_timestamp < d.to_time
        and (cardinality(p_site_ids) = 0 or r.site_id = any (p_site_ids)) and (p_include_bots or not r.is_bot)
      offset 0
    ) e
    where (e.site_id = any (d.sites)) = d.is_listed
    window later as (
      partition by e.visit_key order by e.event_timestamp desc, e.sequence desc, e.event_id desc
      rows between unbounded preceding and 1 preceding)
  ) e
  where e.is_view or e.depth is not null
),
viewed_pages as materialized (
  select page_key, any_value(page) as page, count(*) as views, count(time_us) as timed, sum(time_us) as time_us,
         count(*) filter (where is_last) as last_views
  from happened
  where is_view
  group by page_key
),
reads as materialized (
  select distinct page_key, visit_key from happened where is_view and visit_key is not null
),
read_pages as materialized (select page_key, count(*) as sessions from reads group by page_key),
-- Page 0 is any.
read_depths as materialized (
  select coalesce(page_key, 0) as page_key, array_agg(depth order by depth) as depths, array_agg(reads order by depth) as of_depths
  from (
    select page_key, depth, count(*)::int as reads
    from (
      select page_key, visit_key, max(depth) as depth
      from happened
      where depth is not null and visit_key is not null
      group by 1, 2
    ) s
    join reads using (page_key, visit_key)
    group by grouping sets ((page_key, depth), (depth))
  ) d
  group by 1
),
ends as materialized (
  select case grouping(e.entry_page) when 0 then e.entry_page else e.exit_page end as page, grouping(e.entry_page) = 0 as is_entry,
         count(*) as sessions, count(*) filter (where e.bounced) as bounces
  from parts p
  cross join lateral (
    select t.site_id, coalesce(t.entry_page, '') as entry_page, coalesce(t.exit_page, '') as exit_page,
           is_bounce(t.page_views, t.interactions) as bounced
    from sessions t
    where t.company_id = p_company_id and t.started_at >= p.from_time and t.started_at < p.to_time
      and (cardinality(p_site_ids) = 0 or t.site_id = any (p_site_ids)) and (p_include_bots or not t.is_bot)
    offset 0
  ) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
  group by grouping sets ((e.entry_page), (e.exit_page))
),
-- Who saw which page outside the chain.
loose as materialized (
  select v.page_key, v.of_site, v.visitor_key
  from happened v
  where v.is_view and v.visitor_key is not null
  union
  select v.page_key, v.of_site, v.visitor_key
  from parts p
  left join chain c on c.sites = p.sites and c.is_listed = p.is_listed and c.first_day >= p.first_day and c.end_day <= p.end_day
  cross join lateral (
    values (p.first_day, coalesce(c.first_day, p.end_day)), (coalesce(c.end_day, p.end_day), p.end_day)) r (first_day, end_day)
  cross join lateral visitors_of_pages(p_company_id, p_site_ids, r.first_day, r.end_day, p_include_bots) v
  where p.is_sealed and r.first_day < r.end_day and ((v.of_site >> 1)::int = any (p.sites)) = p.is_listed
),
loose_visitors as materialized (
  select distinct of_site, visitor_key from loose
),
-- Looked up one by one (`offset 0`), because a join would read all of the chain's days: they are many, and visitors outside it few.
known as materialized (
  select l.of_site, l.visitor_key, days.page_keys
  from (select * from loose_visitors order by visitor_key) l
  cross join chain c
  cross join lateral (
    select v.page_keys
    from sealed_visitor_pages v
    where v.company_id = p_company_id and v.visitor_key = l.visitor_key and v.site_id = (l.of_site >> 1)::int
      and v.is_bot = (l.of_site & 1 = 1) and v.day >= c.first_day and v.day < c.end_day
    offset 0
  ) days
  where ((l.of_site >> 1)::int = any (c.sites)) = c.is_listed
),
-- Who saw what outside the chain counts unless seen in it; 0 is any page.
visitors_of as materialized (
  select page_key, sum(visitors) as visitors
  from (
    select l.page_key, count(*) as visitors
    from loose l
    where not exists (
      select from (select of_site, visitor_key, unnest(page_keys) as page_key from known) k
      where k.visitor_key = l.visitor_key and k.page_key = l.page_key and k.of_site = l.of_site)
    group by 1
    union all
    select 0, (select count(*) from loose_visitors) - (select count(*) from (select distinct of_site, visitor_key from known) k)
    union all
    select page_key(page), visitors from sealed where is_chained
    union all
    select r.page_key, -sum(r.up_to[cardinality(r.up_to)] - coalesce(r.up_to[width_bucket(c.first_day - 1, r.previous_days)], 0))
    from chain c
    join page_repeats r on r.company_id = p_company_id and r.dimension = 'page' and r.day >= c.first_day and r.day < c.end_day
      and (r.site_id = any (c.sites)) = c.is_listed
    where (cardinality(p_site_ids) = 0 or r.site_id = any (p_site_ids)) and (p_include_bots or not r.is_bot)
    group by 1
  ) counts
  group by page_key
),
counted as (
  select page, sum(views) as views, sum(sessions) as sessions, sum(timed) as timed, sum(time_us) as time_us,
         sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    select page, views, sessions, timed, time_us, entries, exits, bounces from sealed
    union all
    select v.page, v.views, r.sessions, v.timed, v.time_us, 0, 0, 0 from viewed_pages v left join read_pages r using (page_key)
    union all
    select null, sum(views), sum(last_views), sum(timed), sum(time_us), 0, 0, 0 from viewed_pages
    union all
    select page, 0, 0, 0, 0, case when is_entry then sessions else 0 end, case when is_entry then 0 else sessions end,
           case when is_entry then bounces else 0 end
    from ends
    union all
    select null, 0, 0, 0, 0, sum(sessions), sum(sessions), sum(bounces) from ends where is_entry
  ) counts
  group by page
)
select c.page, coalesce(c.views, 0)::bigint, coalesce(v.visitors, 0)::bigint, coalesce(c.sessions, 0)::bigint,
       coalesce(c.timed, 0)::bigint, coalesce(c.time_us, 0)::bigint, coalesce(c.entries, 0)::bigint, coalesce(c.exits, 0)::bigint,
       coalesce(c.bounces, 0)::bigint, d.depths, d.of_depths
from counted c
left join visitors_of v on v.page_key = page_key(c.page)
left join read_depths d on d.page_key = page_key(c.page)
$$;
