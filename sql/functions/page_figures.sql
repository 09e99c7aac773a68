-- What sql/metrics/pages.sql and content.sql count of each page without filters, and of all pages, whose page is null: see
-- there. Whole days that are sealed come from sums: a visitor of such days counts for a page on the first of the days on which it
-- was seen, because page_repeats says how many of a day's visitors had seen it on which day before. The rest comes from the events
-- themselves, and sessions one by one. Without merge joins: the planner expects a hundred times the rows that there are, and would sort them.
create or replace function page_figures(
  p_company_id int, p_site_ids int[], p_from timestamptz, p_to timestamptz, p_include_bots boolean
)
returns table (
  page text, views bigint, visitors bigint, sessions bigint, timed bigint, time_us bigint, entries bigint, exits bigint,
  bounces bigint
) language sql stable parallel safe rows 2000 set enable_mergejoin = off as $$
with
parts as materialized (select * from period_parts(p_company_id, p_from, p_to)),
chain as materialized (select * from chained_run(p_company_id, p_from, p_to)),
sealed as materialized (
  select page, is_chained, views, sessions, visitors, timed, time_us, entries, exits, bounces
  from page_sums(p_company_id, p_site_ids, p_from, p_to, p_include_bots)
),
-- The rest, day by day (`offset 0`): the planner expects few events then, as they are.
ended as materialized (
  select e.visit_key, max(e.event_timestamp) as ended_at
  from raw_days(p_company_id, p_from, p_to) d
  cross join lateral (
    select r.site_id, r.event_timestamp,
           visit_key(r.session_id, d.day, r.site_id, r.is_bot) as visit_key
    from user_events r
    where r.company_id = p_company_id and r.event_timestamp >= d.from_time and r.event_timestamp < d.to_time
      and r.event_type <> 'page_view' and r.session_id is not null
      and (cardinality(p_site_ids) = 0 or r.site_id = any (p_site_ids)) and (p_include_bots or not r.is_bot)
    offset 0
  ) e
  where (e.site_id = any (d.sites)) = d.is_listed
  group by 1
),
viewed as materialized (
  select v.page, page_key(v.page) as page_key, v.site_id, v.is_bot, v.visitor_key, v.visit_key,
         v.visit_key is not null and v.next_view_at is null as is_last,
         case when v.visit_key is not null then nullif(greatest(duration_us(v.event_timestamp, coalesce(v.next_view_at, l.ended_at)), 0), 0) end as time_us
  from (
    select e.*, lead(e.event_timestamp) over (
             partition by e.visit_key order by e.event_timestamp, e.sequence, e.event_id) as next_view_at
    from raw_days(p_company_id, p_from, p_to) d
    cross join lateral (
      select r.site_id, r.is_bot, r.event_timestamp, r.sequence, r.event_id, coalesce(r.page_path, '') as page,
             hashtextextended(r.visitor_id, 0) as visitor_key,
             visit_key(r.session_id, d.day, r.site_id, r.is_bot) as visit_key
      from user_events r
      where r.company_id = p_company_id and r.event_timestamp >= d.from_time and r.event_timestamp < d.to_time
        and r.event_type = 'page_view'
        and (cardinality(p_site_ids) = 0 or r.site_id = any (p_site_ids)) and (p_include_bots or not r.is_bot)
      offset 0
    ) e
    where (e.site_id = any (d.sites)) = d.is_listed
  ) v
  left join ended l on v.next_view_at is null and l.visit_key = v.visit_key
),
viewed_pages as materialized (
  select page, count(*) as views, count(time_us) as timed, sum(time_us) as time_us
  from viewed
  group by page
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
-- Who saw which page outside the chain; page 0 is any.
loose as materialized (
  select v.page_key, v.site_id, v.is_bot, v.visitor_key
  from viewed v
  where v.visitor_key is not null
  union
  select k.page_key, v.site_id, v.is_bot, v.visitor_key
  from page_parts(p_company_id, p_from, p_to) p
  join sealed_visitor_pages v on v.company_id = p_company_id and v.day >= p.first_day and v.day < p.end_day
    and (v.site_id = any (p.sites)) = p.is_listed
  cross join lateral unnest(v.page_keys) k (page_key)
  where not p.is_chained and (cardinality(p_site_ids) = 0 or v.site_id = any (p_site_ids)) and (p_include_bots or not v.is_bot)
),
loose_visitors as materialized (
  select distinct page_key(null) as page_key, site_id, is_bot, visitor_key from loose
),
-- Looked up one by one (`offset 0`), because a join would read all of the chain's days: they are many, and visitors outside it few.
known as materialized (
  select k.page_key, l.site_id, l.is_bot, l.visitor_key
  from loose_visitors l
  cross join chain c
  cross join lateral (
    select v.page_keys
    from sealed_visitor_pages v
    where v.company_id = p_company_id and v.visitor_key = l.visitor_key and v.site_id = l.site_id and v.is_bot = l.is_bot
      and v.day >= c.first_day and v.day < c.end_day
    offset 0
  ) days
  cross join lateral unnest(days.page_keys || page_key(null)) k (page_key)
  where (l.site_id = any (c.sites)) = c.is_listed
),
-- Who saw what outside the chain counts unless seen in it.
visitors_of as materialized (
  select page_key, sum(visitors) as visitors
  from (
    select l.page_key, count(*) as visitors
    from (select * from loose union all select * from loose_visitors) l
    where not exists (
      select from known k
      where k.visitor_key = l.visitor_key and k.page_key = l.page_key and k.site_id = l.site_id and k.is_bot = l.is_bot)
    group by 1
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
    select page, views, 0, timed, time_us, 0, 0, 0 from viewed_pages
    union all
    select null, sum(views), 0, sum(timed), sum(time_us), 0, 0, 0 from viewed_pages
    union all
    select page, 0, count(*), 0, 0, 0, 0, 0
    from (select distinct page, visit_key from viewed where visit_key is not null) s
    group by page
    union all
    select null, 0, count(*), 0, 0, 0, 0, 0 from viewed where is_last
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
       coalesce(c.bounces, 0)::bigint
from counted c
left join visitors_of v on v.page_key = page_key(c.page)
$$;
