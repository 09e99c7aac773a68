-- Which elements are clicked, and where do clicks tell of trouble, of clicks that have something in common?
--
-- The columns of clicked_elements_from_events.sql with the usual numbers (3 clicks within 1 second are rage, 3 seconds without an answer
-- dead), and with filters on what narrow rows keep: page, referrer, channel, campaign, place, device, browser, system and whether
-- somebody is signed in. Clicks of whole days that are sealed come from these rows, the rest from the events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 by_page boolean: the same element on two pages is two
-- $7 order_by text: clicks, rages or dead; greatest first, equals by page and element
-- $8 row_limit integer: how many rows
-- $9 row_offset integer: how many rows to leave out before them
-- version: 2
-- reads: sealed_clicks_by_day, click_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/clicked_elements_of_clicks.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, true, 'clicks', 50, 0);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
elements as materialized (
  select trait_id, case when $6::bool then coalesce(page_path, '') else '' end as page, coalesce(element_selector, '') as element,
         element_text as label, element_type as kind
  from click_traits
  where company_id = $1::int and kind = 'element'
),
clicks as materialized (
  select t.page, t.element, t.label, t.kind, c.day, c.site_id, c.is_bot, c.session_no::bigint as session, c.visitor_key, c.marks
  from parts p
  join sealed_clicks c on p.is_sealed and c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
    and (c.site_id = any (p.sites)) = p.is_listed
  join elements t on t.trait_id = c.element_trait
  where (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
    and true /* filters: clicks c */
  union all
  select case when $6::bool then j.page else '' end, j.element, j.label, j.kind, j.day, j.site_id, j.is_bot, j.session_key, j.visitor_key, j.marks
  from parts p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  cross join lateral judged_clicks($1::int, z.time_zone, p.sites, p.is_listed, p.from_time, p.to_time) j
  cross join lateral (
    select * from user_events r
    where r.company_id = $1::int and r.event_timestamp = j.event_timestamp and r.event_id = j.event_id offset 0
  ) e
  where not p.is_sealed and (cardinality($2::int[]) = 0 or j.site_id = any ($2::int[])) and ($5::bool or not j.is_bot)
    and true /* filters: events e */
),
-- Each session and each visitor counts once for an element, and once for all.
sessions as (
  select page, element, false as is_total, count(*) as sessions
  from (select distinct page, element, day, site_id, is_bot, session from clicks where session is not null) s
  group by page, element
  union all
  select null, null, true, count(*)
  from (select distinct day, site_id, is_bot, session from clicks where session is not null) s
),
visitors as (
  select page, element, false as is_total, count(*) as visitors
  from (select distinct page, element, site_id, is_bot, visitor_key from clicks where visitor_key is not null) v
  group by page, element
  union all
  select null, null, true, count(*)
  from (select distinct site_id, is_bot, visitor_key from clicks where visitor_key is not null) v
),
groups as (
  select page, element, grouping(page) = 1 as is_total,
         case when grouping(page) = 0 then mode() within group (order by label collate "C") end as label,
         case when grouping(page) = 0 then mode() within group (order by kind collate "C") end as kind,
         count(*) as clicks, count(*) filter (where marks & 64 > 0) as rage_clicks, count(*) filter (where marks & 128 > 0) as rages,
         count(*) filter (where marks & 256 > 0) as dead_clicks
  from clicks
  group by grouping sets ((page, element), ())
),
ranked as materialized (
  select *, case $7::text when 'rages' then rages when 'dead' then dead_clicks else clicks end as rank from groups
),
shown as (
  (select * from ranked where not is_total
   order by rank desc, page collate "C", element collate "C" limit $8::int offset $9::int)
  union all
  select * from ranked where is_total
)
select r.is_total, coalesce(r.page, '') as page, coalesce(r.element, '') as element, r.label, r.kind, r.clicks,
       coalesce(s.sessions, 0) as sessions, coalesce(v.visitors, 0) as visitors, r.rage_clicks, r.rages, r.dead_clicks,
       case when r.is_total then (select count(*) - 1 from ranked) end as elements
from shown r
left join sessions s on s.is_total = r.is_total and coalesce(s.page, '') = coalesce(r.page, '') and coalesce(s.element, '') = coalesce(r.element, '')
left join visitors v on v.is_total = r.is_total and coalesce(v.page, '') = coalesce(r.page, '') and coalesce(v.element, '') = coalesce(r.element, '')
order by r.is_total, r.rank desc, r.page collate "C", r.element collate "C";
