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
-- Sealed days number their sessions, each time zone its own. Of numbers that are hashed to keys only 32 bits count, so keys of 64 are not
-- hashed again.
parts as materialized (
  select p.*, z.time_zone, dense_rank() over (order by z.time_zone) as zone, cardinality(p.sites) = 0 and not p.is_listed as is_all_sites
  from period_parts($1::int, $3::timestamptz, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
),
elements as materialized (
  select trait_id, click_key(case when $6::bool then coalesce(page_path, '') end, element_selector) as element_key,
         case when $6::bool then coalesce(page_path, '') else '' end as page, coalesce(element_selector, '') as element,
         element_text as label, element_type as kind
  from click_traits
  where company_id = $1::int and kind = 'element'
),
asked as (
  select e.event_timestamp, e.event_id
  from parts p
  cross join lateral (
    select * from user_events r
    where r.company_id = $1::int and r.event_timestamp >= p.from_time and r.event_timestamp < p.to_time and r.event_type = 'click' offset 0
  ) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
),
-- "is true" keeps the planner, which expects few, from comparing each click with each that is asked for.
one_by_one as materialized (
  select click_key(case when $6::bool then j.page end, j.element) as element_key, case when $6::bool then j.page else '' end as page,
         j.element, j.label, j.kind, j.session_key # hashint8extended((j.site_id::bigint << 1) | j.is_bot::int, j.day - date '2000-01-01') as session,
         j.visitor_key # hashint8extended((j.site_id::bigint << 1) | j.is_bot::int, 0) as visitor, j.marks
  from parts p
  cross join lateral judged_clicks($1::int, p.time_zone, p.sites, p.is_listed, p.from_time, p.to_time) j
  where not p.is_sealed and ((j.event_timestamp, j.event_id) in (select event_timestamp, event_id from asked)) is true
),
clicks as materialized (
  select t.element_key, t.trait_id, c.marks, hashint8extended(c.session_no, (p.zone << 32) | (c.day - date '2000-01-01')) as session,
         c.visitor_key # hashint8extended((c.site_id::bigint << 1) | c.is_bot::int, 0) as visitor
  from parts p
  join sealed_clicks c on p.is_sealed and c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
    and (p.is_all_sites or (c.site_id = any (p.sites)) = p.is_listed)
  join elements t on t.trait_id = c.element_trait
  where (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
    and true /* filters: clicks c */
  union all
  select element_key, null, marks, session, visitor from one_by_one
),
-- Each session and each visitor counts once for an element, and once for all.
ranked as materialized (
  select *, case $7::text when 'rages' then rages when 'dead' then dead_clicks else clicks end as rank
  from (
    select element_key, count(*) as clicks, count(distinct session) as sessions, count(distinct visitor) as visitors,
           count(*) filter (where marks & 64 > 0) as rage_clicks, count(*) filter (where marks & 128 > 0) as rages,
           count(*) filter (where marks & 256 > 0) as dead_clicks
    from clicks
    group by element_key
  ) g
),
-- Those who can be among the rows: equals are told apart by their names.
ahead as materialized (
  select * from ranked
  where rank >= coalesce((select rank from ranked order by rank desc limit 1 offset $9::int + $8::int - 1), 0)
),
names as (
  select element_key, min(page collate "C") as page, min(element collate "C") as element
  from (select element_key, page, element from elements union all select element_key, page, element from one_by_one) n
  where element_key in (select element_key from ahead)
  group by element_key
),
shown as materialized (
  select a.*, n.page, n.element
  from ahead a
  join names n using (element_key)
  order by a.rank desc, n.page collate "C", n.element collate "C" limit $8::int offset $9::int
),
words as materialized (
  select t.element_key, t.label, t.kind, c.clicks
  from (
    select trait_id, count(*) as clicks from clicks
    where trait_id is not null and element_key in (select element_key from shown)
    group by trait_id
  ) c
  join elements t using (trait_id)
  union all
  select element_key, label, kind, count(*) from one_by_one where element_key in (select element_key from shown) group by 1, 2, 3
),
labels as (
  select distinct on (element_key) element_key, label
  from (select element_key, label, sum(clicks) as clicks from words where label is not null group by 1, 2) l
  order by element_key, clicks desc, label collate "C"
),
kinds as (
  select distinct on (element_key) element_key, kind
  from (select element_key, kind, sum(clicks) as clicks from words where kind is not null group by 1, 2) k
  order by element_key, clicks desc, kind collate "C"
)
select is_total, page, element, label, kind, clicks, sessions, visitors, rage_clicks, rages, dead_clicks, elements
from (
  select false as is_total, s.page, s.element, l.label, k.kind, s.clicks, s.sessions, s.visitors, s.rage_clicks, s.rages, s.dead_clicks,
         null::bigint as elements, s.rank
  from shown s
  left join labels l using (element_key)
  left join kinds k using (element_key)
  union all
  select true, '', '', null, null, coalesce(sum(clicks), 0)::bigint, (select count(distinct session) from clicks),
         (select count(distinct visitor) from clicks), coalesce(sum(rage_clicks), 0)::bigint, coalesce(sum(rages), 0)::bigint,
         coalesce(sum(dead_clicks), 0)::bigint, count(*), 0
  from ranked
) rows
order by is_total, rank desc, page collate "C", element collate "C";
