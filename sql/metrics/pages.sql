-- Which pages are seen, by whom and for how long?
--
-- The columns of pages_from_events.sql, without filters. Whole days that are sealed come from sums: a visitor of such days
-- counts for a page on the first of the days on which it was seen, because page_repeats says how many of a day's visitors had seen it
-- on which day before. The rest comes from the events themselves, and sessions one by one.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: visitors, sessions or events; greatest first, equals by value
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 2
-- reads: sealed_pages, sealed_visitor_pages and page_repeats by day; user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/pages.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
chain as materialized (select * from chained_run($1::int, $3::timestamptz, $4::timestamptz)),
-- The sealed days: in the chain, where visitors can be added up, and before and after it, loose.
sealed_parts as materialized (
  select c.sites, c.is_listed, c.first_day, c.end_day, true as is_chained from chain c
  union all
  select p.sites, p.is_listed, r.first_day, r.end_day, false
  from parts p
  left join chain c on c.sites = p.sites and c.is_listed = p.is_listed and c.first_day >= p.first_day and c.end_day <= p.end_day
  cross join lateral (
    values (p.first_day, coalesce(c.first_day, p.end_day)), (coalesce(c.end_day, p.end_day), p.end_day)
  ) r (first_day, end_day)
  where p.is_sealed and r.first_day < r.end_day
),
sealed as materialized (
  select t.page, p.is_chained, sum(t.views) as views, sum(t.sessions) as sessions, sum(t.visitors) as visitors,
         sum(t.timed) as timed, sum(t.time_us) as time_us, sum(t.entries) as entries, sum(t.exits) as exits
  from sealed_parts p
  join sealed_pages t on t.company_id = $1::int and t.day >= p.first_day and t.day < p.end_day
    and (t.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
  group by 1, 2
),
-- Events of the rest, each with its day by the clocks of its site.
happened as materialized (
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.session_id, 0) as session_key,
         e.event_timestamp, e.sequence, e.event_id, e.event_type = 'page_view' as is_view, coalesce(e.page_path, '') as page,
         (e.event_timestamp at time zone z.time_zone)::date as day
  from parts p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  join user_events e on not p.is_sealed and e.company_id = $1::int
    and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time and (e.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
),
ended as materialized (
  select site_id, is_bot, session_key, day, max(event_timestamp) as ended_at
  from happened where session_key is not null
  group by 1, 2, 3, 4
),
viewed as materialized (
  select site_id, is_bot, visitor_key, session_key, page, day,
         case when session_key is not null then duration_us(event_timestamp, coalesce(next_view_at, ended_at)) end as time_us
  from (
    select v.*, d.ended_at, lead(v.event_timestamp) over (
             partition by v.session_key, v.site_id, v.is_bot, v.day
             order by v.event_timestamp, v.sequence, v.event_id) as next_view_at
    from happened v
    left join ended d on d.session_key = v.session_key and d.site_id = v.site_id and d.is_bot = v.is_bot and d.day = v.day
    where v.is_view
  ) timed
),
-- Of one page, and of all, whose page is null.
sessions_of as (
  select page, count(*) as sessions
  from (
    select page, site_id, is_bot, session_key, day from viewed where session_key is not null
    group by grouping sets ((page, site_id, is_bot, session_key, day), (site_id, is_bot, session_key, day))
  ) s
  group by page
),
ends as (
  select e.page, sum(e.entries) as entries, sum(e.exits) as exits
  from parts p
  join sessions s on not p.is_sealed and s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time
    and (s.site_id = any (p.sites)) = p.is_listed
  cross join lateral (values (coalesce(s.entry_page, ''), 1, 0), (coalesce(s.exit_page, ''), 0, 1)) e (page, entries, exits)
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
  group by grouping sets ((e.page), ())
),
-- Who saw which page outside the chain; page 0 is any.
loose as materialized (
  select v.site_id, v.is_bot, v.visitor_key, k.page_key
  from viewed v
  cross join lateral (values (page_key(v.page)), (page_key(null))) k (page_key)
  where v.visitor_key is not null
  union
  select v.site_id, v.is_bot, v.visitor_key, k.page_key
  from sealed_parts p
  join sealed_visitor_pages v on v.company_id = $1::int and v.day >= p.first_day and v.day < p.end_day
    and (v.site_id = any (p.sites)) = p.is_listed
  cross join lateral unnest(v.page_keys || page_key(null)) k (page_key)
  where not p.is_chained and (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
),
loose_visitors as materialized (select distinct site_id, is_bot, visitor_key from loose),
-- Looked up one by one (`offset 0`), because a join would read all of the chain's days: they are many, and visitors outside it few.
known as materialized (
  select distinct l.site_id, l.is_bot, l.visitor_key, k.page_key
  from loose_visitors l
  cross join chain c
  cross join lateral (
    select v.page_keys
    from sealed_visitor_pages v
    where v.company_id = $1::int and v.visitor_key = l.visitor_key and v.site_id = l.site_id and v.is_bot = l.is_bot
      and v.day >= c.first_day and v.day < c.end_day
    offset 0
  ) days
  cross join lateral unnest(days.page_keys || page_key(null)) k (page_key)
  where (l.site_id = any (c.sites)) = c.is_listed
),
visitors as materialized (
  select page_key, sum(visitors) as visitors
  from (
    select l.page_key, count(*) as visitors
    from loose l
    left join known k on k.site_id = l.site_id and k.is_bot = l.is_bot and k.visitor_key = l.visitor_key and k.page_key = l.page_key
    where k.page_key is null
    group by 1
    union all
    select page_key(page), visitors from sealed where is_chained
    union all
    select r.page_key, -sum(r.visitors)
    from chain c
    join page_repeats r on r.company_id = $1::int and r.day >= c.first_day and r.day < c.end_day and r.previous_day >= c.first_day
      and (r.site_id = any (c.sites)) = c.is_listed
    where (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
    group by 1
  ) counts
  group by page_key
),
counted as (
  select page, sum(sessions) as sessions, sum(views) as views, sum(timed) as timed, sum(time_us) as time_us,
         sum(entries) as entries, sum(exits) as exits
  from (
    select page, views, sessions, timed, time_us, entries, exits from sealed
    union all
    select page, count(*), 0, count(*) filter (where time_us > 0), coalesce(sum(time_us) filter (where time_us > 0), 0), 0, 0
    from viewed
    group by grouping sets ((page), ())
    union all
    select page, 0, sessions, 0, 0, 0, 0 from sessions_of
    union all
    select page, 0, 0, 0, 0, coalesce(entries, 0), coalesce(exits, 0) from ends
  ) counts
  group by page
),
groups as materialized (
  select page as value, coalesce(visitors, 0) as visitors, sessions, views as events, timed, time_us, entries, exits
  from counted
  left join visitors on page_key = page_key(page)
),
shown as (
  select * from groups
  where value is not null
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
)
select is_total, value, values, visitors, sessions, events, events as page_views, entries, exits,
       time_us::float8 / 1e6 / nullif(timed, 0)::float8 as time_on_page_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, timed, time_us, entries, exits from shown
  union all
  select true, '', (select count(*) from groups where value is not null), visitors, sessions, events, timed, time_us, entries, exits
  from groups
  where value is null
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
