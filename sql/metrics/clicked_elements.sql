-- Which elements are clicked, and where do clicks tell of trouble?
--
-- The columns of clicked_elements_from_events.sql with the usual numbers (3 clicks within 1 second are rage, 3 seconds without an answer
-- dead), without filters. Weeks that are sealed come from sums, other days that are from narrow rows, the rest from the events. Of distinct
-- visitors those are taken off who were there on a day before, as docs/decisions/0018 has it for pages. Who clicked outside of the
-- longest run of chained days counts if not there in that run.
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
-- reads: clicked_weeks_by_week, click_repeats_by_element, sealed_clicks_by_day, sealed_clicks_by_visitor, click_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/clicked_elements.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, true, 'clicks', 50, 0);") | psql
with
parts as materialized (
  select *, cardinality(sites) = 0 and not is_listed as is_all_sites from period_parts($1::int, $3::timestamptz, $4::timestamptz)
),
runs as materialized (select * from chained_run($1::int, $3::timestamptz, $4::timestamptz)),
weeks as materialized (
  select r.sites, r.is_listed, cardinality(r.sites) = 0 and not r.is_listed as is_all_sites, w.week
  from runs r
  join company_zones($1::int) z on z.sites = r.sites and z.is_listed = r.is_listed
  join summed_weeks w on w.company_id = $1::int and w.time_zone = z.time_zone and w.week >= r.first_day and w.week + 7 <= r.end_day
),
days as materialized (
  select p.sites, p.is_listed, p.is_all_sites, d.day, r.first_day is not null as in_run
  from parts p
  cross join lateral (select p.first_day + n as day from generate_series(0, p.end_day - p.first_day - 1) n) d
  left join runs r on r.sites = p.sites and r.is_listed = p.is_listed and d.day >= r.first_day and d.day < r.end_day
  where p.is_sealed and not exists (
    select from weeks w where w.sites = p.sites and w.is_listed = p.is_listed and d.day >= w.week and d.day < w.week + 7)
),
-- Elements go by their keys in click_repeats, of a page or of any.
elements as materialized (
  select trait_id, click_key(case when $6::bool then coalesce(page_path, '') end, element_selector) as element_key,
         case when $6::bool then coalesce(page_path, '') else '' end as page, coalesce(element_selector, '') as element,
         element_text as label, element_type as kind
  from click_traits
  where company_id = $1::int and kind = 'element'
),
one_by_one as materialized (
  select click_key(case when $6::bool then j.page end, j.element) as element_key, case when $6::bool then j.page else '' end as page,
         j.element, j.label, j.kind, j.site_id, j.is_bot, j.visitor_key, j.marks
  from parts p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  cross join lateral judged_clicks($1::int, z.time_zone, p.sites, p.is_listed, p.from_time, p.to_time) j
  where not p.is_sealed and (cardinality($2::int[]) = 0 or j.site_id = any ($2::int[])) and ($5::bool or not j.is_bot)
),
-- Sums of weeks and days by the element and its words. visitors: of days in the run, each day anew; the marks of others are taken off.
sums as materialized (
  select k.element_trait, sum(k.clicks) as clicks, sum(case when $6::bool then k.element_sessions else k.any_page_sessions end) as sessions,
         sum(k.all_sessions) as all_sessions, sum(case when $6::bool then k.element_visitors else k.any_page_visitors end) as visitors,
         sum(k.all_visitors) as all_visitors, sum(k.rage_clicks) as rage_clicks, sum(k.rages) as rages, sum(k.dead_clicks) as dead_clicks
  from weeks w
  join clicked_weeks k on k.company_id = $1::int and k.week = w.week
    and (w.is_all_sites or (k.site_id = any (w.sites)) = w.is_listed)
  where (cardinality($2::int[]) = 0 or k.site_id = any ($2::int[])) and ($5::bool or not k.is_bot)
  group by 1
  union all
  select element_trait, sum(clicks), sum(clicks) filter (where marks & case when $6::bool then 1 else 2 end > 0),
         sum(clicks) filter (where marks & 4 > 0), sum(clicks) filter (where marks & case when $6::bool then 8 else 16 end > 0),
         sum(clicks) filter (where marks & 32 > 0), sum(clicks) filter (where marks & 64 > 0), sum(clicks) filter (where marks & 128 > 0),
         sum(clicks) filter (where marks & 256 > 0)
  from (
    select c.element_trait, c.marks & case when d.in_run then 511 else 455 end as marks, count(*)::int as clicks
    from days d
    cross join lateral (select * from sealed_clicks c where c.company_id = $1::int and c.day = d.day offset 0) c
    where (d.is_all_sites or (c.site_id = any (d.sites)) = d.is_listed)
      and (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
    group by 1, 2
  ) alike
  group by 1
),
words_of_raw as materialized (
  select element_key, page, element, label, kind, count(*) as clicks,
         count(*) filter (where marks & case when $6::bool then 1 else 2 end > 0) as sessions, count(*) filter (where marks & 4 > 0) as all_sessions,
         count(*) filter (where marks & 64 > 0) as rage_clicks, count(*) filter (where marks & 128 > 0) as rages,
         count(*) filter (where marks & 256 > 0) as dead_clicks
  from one_by_one
  group by 1, 2, 3, 4, 5
),
-- Added up as double precision, which is exact up to 2^53 and faster than bigint.
groups as materialized (
  select *, case $7::text when 'rages' then rages when 'dead' then dead_clicks else clicks end as rank
  from (
    select element_key, sum(clicks::float8) as clicks, coalesce(sum(sessions::float8), 0) as sessions,
           coalesce(sum(all_sessions::float8), 0) as all_sessions, coalesce(sum(visitors::float8), 0) as visitors,
           coalesce(sum(all_visitors::float8), 0) as all_visitors, coalesce(sum(rage_clicks::float8), 0) as rage_clicks,
           coalesce(sum(rages::float8), 0) as rages, coalesce(sum(dead_clicks::float8), 0) as dead_clicks
    from (
      select t.element_key, s.clicks, s.sessions, s.all_sessions, s.visitors, s.all_visitors, s.rage_clicks, s.rages, s.dead_clicks
      from sums s
      join elements t on t.trait_id = s.element_trait
      union all
      select element_key, clicks, sessions, all_sessions, 0, 0, rage_clicks, rages, dead_clicks from words_of_raw
    ) words
    group by element_key
  ) g
),
-- Those who can be among the rows: equals are told apart by their names.
ahead as materialized (
  select * from groups
  where rank >= coalesce((select rank from groups order by rank desc limit 1 offset $9::int + $8::int - 1), 0)
),
names as (
  select element_key, min(page collate "C") as page, min(element collate "C") as element
  from (select element_key, page, element from elements union all select element_key, page, element from words_of_raw) n
  where element_key in (select element_key from ahead)
  group by element_key
),
-- The total is under 0, as in click_repeats.
shown as materialized (
  (select element_key, false as is_total, n.page, n.element, clicks, sessions, visitors, rage_clicks, rages, dead_clicks, rank,
          null::bigint as elements
   from ahead
   join names n using (element_key)
   order by rank desc, n.page collate "C", n.element collate "C" limit $8::int offset $9::int)
  union all
  select 0, true, '', '', coalesce(sum(clicks), 0), coalesce(sum(all_sessions), 0), coalesce(sum(all_visitors), 0),
         coalesce(sum(rage_clicks), 0), coalesce(sum(rages), 0), coalesce(sum(dead_clicks), 0), 0, count(*)
  from groups
),
words as materialized (
  select t.element_key, t.label, t.kind, s.clicks
  from sums s
  join (select * from elements where element_key in (select element_key from shown)) t on t.trait_id = s.element_trait
  union all
  select element_key, label, kind, clicks from words_of_raw where element_key in (select element_key from shown)
),
-- Of the visitors of each day of the runs, those who had been there since the run began.
repeated as (
  select g.element_key, sum(g.up_to[cardinality(g.up_to)] - coalesce(g.up_to[width_bucket(r.first_day - 1, g.previous_days)], 0)) as visitors
  from runs r
  join shown s on true
  join click_repeats g on g.company_id = $1::int and g.element_key = s.element_key and g.day >= r.first_day and g.day < r.end_day
    and (g.site_id = any (r.sites)) = r.is_listed
  where (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  group by 1
),
-- Who clicked on what outside the runs.
outside as materialized (
  select site_id, is_bot, visitor_key, element_key from one_by_one where visitor_key is not null
  union all
  select c.site_id, c.is_bot, c.visitor_key, t.element_key
  from days d
  cross join lateral (select * from sealed_clicks c where c.company_id = $1::int and c.day = d.day offset 0) c
  join elements t on t.trait_id = c.element_trait
  where not d.in_run and (c.site_id = any (d.sites)) = d.is_listed and c.visitor_key is not null
    and (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
),
-- What they clicked on in a run: each is looked for, as all clicks of a long run are many more.
inside as materialized (
  select c.site_id, c.is_bot, c.visitor_key, t.element_key
  from (select distinct visitor_key from outside order by visitor_key) o
  cross join lateral (
    select * from sealed_clicks c where c.company_id = $1::int and c.visitor_key = o.visitor_key offset 0) c
  join runs r on c.day >= r.first_day and c.day < r.end_day and (c.site_id = any (r.sites)) = r.is_listed
  cross join lateral (
    select click_key(case when $6::bool then coalesce(page_path, '') end, element_selector) as element_key
    from click_traits where company_id = $1::int and trait_id = c.element_trait offset 0) t
),
added as (
  select element_key, count(*) as visitors
  from (
    select o.site_id, o.is_bot, o.visitor_key, k.element_key
    from outside o
    cross join lateral (values (0::bigint), (o.element_key)) k (element_key)
    where k.element_key in (select element_key from shown)
    except
    select i.site_id, i.is_bot, i.visitor_key, k.element_key
    from inside i
    cross join lateral (values (0::bigint), (i.element_key)) k (element_key)
  ) v
  group by element_key
),
labels as (
  select distinct on (element_key) element_key, label
  from (
    select element_key, label, sum(clicks) as clicks from words where label is not null group by 1, 2
  ) l
  order by element_key, clicks desc, label collate "C"
),
kinds as (
  select distinct on (element_key) element_key, kind
  from (
    select element_key, kind, sum(clicks) as clicks from words where kind is not null group by 1, 2
  ) k
  order by element_key, clicks desc, kind collate "C"
)
select s.is_total, s.page, s.element, l.label, k.kind, s.clicks::bigint as clicks, s.sessions::bigint as sessions,
       s.visitors::bigint - coalesce(r.visitors, 0) + coalesce(a.visitors, 0) as visitors, s.rage_clicks::bigint as rage_clicks,
       s.rages::bigint as rages, s.dead_clicks::bigint as dead_clicks, s.elements
from shown s
left join labels l using (element_key)
left join kinds k using (element_key)
left join repeated r using (element_key)
left join added a using (element_key)
order by s.is_total, s.rank desc, s.page collate "C", s.element collate "C";
