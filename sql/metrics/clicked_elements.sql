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
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
runs as materialized (select * from chained_run($1::int, $3::timestamptz, $4::timestamptz)),
weeks as materialized (
  select r.sites, r.is_listed, w.week
  from runs r
  join company_zones($1::int) z on z.sites = r.sites and z.is_listed = r.is_listed
  join summed_weeks w on w.company_id = $1::int and w.time_zone = z.time_zone and w.week >= r.first_day and w.week + 7 <= r.end_day
),
days as materialized (
  select p.sites, p.is_listed, d.day, r.first_day is not null as in_run
  from parts p
  cross join lateral (select p.first_day + n as day from generate_series(0, p.end_day - p.first_day - 1) n) d
  left join runs r on r.sites = p.sites and r.is_listed = p.is_listed and d.day >= r.first_day and d.day < r.end_day
  where p.is_sealed and not exists (
    select from weeks w where w.sites = p.sites and w.is_listed = p.is_listed and d.day >= w.week and d.day < w.week + 7)
),
elements as materialized (
  select trait_id, case when $6::bool then coalesce(page_path, '') else '' end as page, coalesce(element_selector, '') as element,
         element_text as label, element_type as kind
  from click_traits
  where company_id = $1::int and kind = 'element'
),
of_days as materialized (
  select d.in_run, c.element_trait, c.site_id, c.is_bot, c.visitor_key, c.marks
  from days d
  cross join lateral (select * from sealed_clicks c where c.company_id = $1::int and c.day = d.day offset 0) c
  where (c.site_id = any (d.sites)) = d.is_listed and (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
),
one_by_one as materialized (
  select case when $6::bool then j.page else '' end as page, j.element, j.label, j.kind, j.site_id, j.is_bot, j.visitor_key, j.marks
  from parts p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  cross join lateral judged_clicks($1::int, z.time_zone, p.sites, p.is_listed, p.from_time, p.to_time) j
  where not p.is_sealed and (cardinality($2::int[]) = 0 or j.site_id = any ($2::int[])) and ($5::bool or not j.is_bot)
),
-- Sums of weeks and days by the element and its words. visitors: of days in the run, each day anew.
sums as (
  select k.element_trait, sum(k.clicks) as clicks, sum(case when $6::bool then k.element_sessions else k.any_page_sessions end) as sessions,
         sum(k.all_sessions) as all_sessions, sum(case when $6::bool then k.element_visitors else k.any_page_visitors end) as visitors,
         sum(k.all_visitors) as all_visitors, sum(k.rage_clicks) as rage_clicks, sum(k.rages) as rages, sum(k.dead_clicks) as dead_clicks
  from weeks w
  join clicked_weeks k on k.company_id = $1::int and k.week = w.week and (k.site_id = any (w.sites)) = w.is_listed
  where (cardinality($2::int[]) = 0 or k.site_id = any ($2::int[])) and ($5::bool or not k.is_bot)
  group by 1
  union all
  select element_trait, count(*), count(*) filter (where marks & case when $6::bool then 1 else 2 end > 0), count(*) filter (where marks & 4 > 0),
         count(*) filter (where in_run and marks & case when $6::bool then 8 else 16 end > 0),
         count(*) filter (where in_run and marks & 32 > 0), count(*) filter (where marks & 64 > 0), count(*) filter (where marks & 128 > 0),
         count(*) filter (where marks & 256 > 0)
  from of_days
  group by 1
),
worded as materialized (
  select page, element, label, kind, sum(clicks) as clicks, sum(sessions) as sessions, sum(all_sessions) as all_sessions,
         sum(visitors) as visitors, sum(all_visitors) as all_visitors, sum(rage_clicks) as rage_clicks, sum(rages) as rages,
         sum(dead_clicks) as dead_clicks
  from (
    select t.page, t.element, t.label, t.kind, s.clicks, s.sessions, s.all_sessions, s.visitors, s.all_visitors, s.rage_clicks, s.rages, s.dead_clicks
    from sums s
    join elements t on t.trait_id = s.element_trait
    union all
    select page, element, label, kind, count(*), count(*) filter (where marks & case when $6::bool then 1 else 2 end > 0),
           count(*) filter (where marks & 4 > 0), 0, 0, count(*) filter (where marks & 64 > 0), count(*) filter (where marks & 128 > 0),
           count(*) filter (where marks & 256 > 0)
    from one_by_one
    group by 1, 2, 3, 4
  ) both_parts
  group by 1, 2, 3, 4
),
groups as materialized (
  select page, element, grouping(page) = 1 as is_total, coalesce(sum(clicks), 0) as clicks,
         coalesce(case when grouping(page) = 1 then sum(all_sessions) else sum(sessions) end, 0) as sessions,
         coalesce(case when grouping(page) = 1 then sum(all_visitors) else sum(visitors) end, 0) as visitors,
         coalesce(sum(rage_clicks), 0) as rage_clicks, coalesce(sum(rages), 0) as rages, coalesce(sum(dead_clicks), 0) as dead_clicks
  from worded
  group by grouping sets ((page, element), ())
),
ranked as (
  select *, case $7::text when 'rages' then rages when 'dead' then dead_clicks else clicks end as rank from groups
),
shown as materialized (
  select *, case when is_total then 0 when $6::bool then click_key(page, element) else click_key(null, element) end as element_key
  from (
    (select * from ranked where not is_total
     order by rank desc, page collate "C", element collate "C" limit $8::int offset $9::int)
    union all
    select * from ranked where is_total
  ) rows
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
  select site_id, is_bot, visitor_key, page, element from one_by_one where visitor_key is not null
  union
  select c.site_id, c.is_bot, c.visitor_key, t.page, t.element
  from of_days c
  join elements t on t.trait_id = c.element_trait
  where not c.in_run and c.visitor_key is not null
),
-- What they clicked on in a run: each is looked for, as all clicks of a long run are many more.
inside as materialized (
  select distinct c.site_id, c.is_bot, c.visitor_key, t.page, t.element
  from (select distinct visitor_key from outside) o
  cross join lateral (
    select * from sealed_clicks c where c.company_id = $1::int and c.visitor_key = o.visitor_key offset 0) c
  join runs r on c.day >= r.first_day and c.day < r.end_day and (c.site_id = any (r.sites)) = r.is_listed
  join elements t on t.trait_id = c.element_trait
),
added as (
  select page, element, false as is_total, count(*) as visitors
  from (select * from outside except select * from inside) v
  group by page, element
  union all
  select null, null, true, count(*)
  from (select site_id, is_bot, visitor_key from outside except select site_id, is_bot, visitor_key from inside) v
),
labels as (
  select distinct on (page, element) page, element, label
  from (
    select w.page, w.element, w.label, sum(w.clicks) as clicks
    from shown s
    join worded w on w.page = s.page and w.element = s.element
    where w.label is not null
    group by 1, 2, 3
  ) l
  order by page, element, clicks desc, label collate "C"
),
kinds as (
  select distinct on (page, element) page, element, kind
  from (
    select w.page, w.element, w.kind, sum(w.clicks) as clicks
    from shown s
    join worded w on w.page = s.page and w.element = s.element
    where w.kind is not null
    group by 1, 2, 3
  ) k
  order by page, element, clicks desc, kind collate "C"
)
select s.is_total, coalesce(s.page, '') as page, coalesce(s.element, '') as element, l.label, k.kind, s.clicks, s.sessions,
       s.visitors - coalesce(r.visitors, 0) + coalesce(a.visitors, 0) as visitors, s.rage_clicks, s.rages, s.dead_clicks,
       case when s.is_total then (select count(*) - 1 from groups) end as elements
from shown s
left join labels l on l.page = s.page and l.element = s.element
left join kinds k on k.page = s.page and k.element = s.element
left join repeated r on r.element_key = s.element_key
left join added a on a.is_total = s.is_total and coalesce(a.page, '') = coalesce(s.page, '') and coalesce(a.element, '') = coalesce(s.element, '')
order by s.is_total, s.rank desc, s.page collate "C", s.element collate "C";
