-- Where on a page is clicked?
--
-- The columns of heat_map_from_events.sql, with no filters but on what narrow rows keep: page, referrer, channel, campaign, place, device,
-- browser, system and whether somebody is signed in. Clicks of whole days that are sealed come from these rows, the rest from the events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 page text: the page's path
-- $7 columns integer: into how many columns the width is cut
-- $8 row_pixels integer: how high a row is
-- $9 row_limit integer: how many cells
-- version: 2
-- reads: sealed_clicks_by_day, click_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/heat_map.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '/', 50, 20, 2000);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
visits as materialized (
  select trait_id, device_type, substring(viewport from '^(\d{1,10})x\d{1,10}$')::bigint as width,
         substring(viewport from '^\d{1,10}x(\d{1,10})$')::bigint as height
  from click_traits where company_id = $1::int and kind = 'visit'
),
happened as (
  select v.device_type as device, v.width, v.height, c.day, c.site_id, c.is_bot, c.session_no::bigint as session, c.x, c.y
  from parts p
  join sealed_clicks c on p.is_sealed and c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
    and (c.site_id = any (p.sites)) = p.is_listed
  join visits v on v.trait_id = c.visit_trait
  where (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
    and c.element_trait = any (array(
      select t.trait_id from click_traits t
      where t.company_id = $1::int and t.kind = 'element' and coalesce(t.page_path, '') = $6::text))
    and true /* filters: clicks c */
  union all
  select e.device_type, substring(e.viewport from '^(\d{1,10})x\d{1,10}$')::bigint,
         substring(e.viewport from '^\d{1,10}x(\d{1,10})$')::bigint, (e.event_timestamp at time zone z.time_zone)::date, e.site_id, e.is_bot,
         hashtextextended(e.session_id, 0), e.x_coordinate, e.y_coordinate
  from parts p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  cross join lateral (
    select * from user_events r
    where r.company_id = $1::int and r.event_timestamp >= p.from_time and r.event_timestamp < p.to_time
      and r.event_type = 'click' and coalesce(r.page_path, '') = $6::text
    offset 0
  ) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
),
clicks as materialized (
  select device, day, site_id, is_bot, session, width, height,
         case when x >= 0 and x <= width and width > 0 and y >= 0 and (x <> 0 or y <> 0)
              then least(x * $7::int / width, $7::int - 1) end as cell_x,
         y / $8::int as cell_y
  from (
    select coalesce(device, '') as device, width, height, day, site_id, is_bot, session, x::bigint as x, y from happened
  ) placed
),
cells as materialized (
  select device, cell_x, cell_y, sum(clicks)::bigint as clicks, count(session) as sessions
  from (
    select device, cell_x, cell_y, day, site_id, is_bot, session, count(*) as clicks
    from clicks
    where cell_x is not null
    group by 1, 2, 3, 4, 5, 6, 7
  ) by_session
  group by device, cell_x, cell_y
),
shown as (
  select * from cells order by clicks desc, device collate "C", cell_y, cell_x limit $9::int
),
sessions as (
  select device, count(*) as sessions
  from (select distinct device, day, site_id, is_bot, session from clicks where session is not null) s
  group by device
),
totals as (
  select device, count(cell_x) as clicks, count(*) - count(cell_x) as without_place,
         percentile_cont(0.5) within group (order by width) as median_width,
         percentile_cont(0.5) within group (order by height) as median_height
  from clicks
  group by device
)
select is_total, device, cell_x, cell_y, clicks, sessions, without_place, cells, median_width, median_height
from (
  select false as is_total, device, cell_x, cell_y, clicks, sessions, null::bigint as without_place, null::bigint as cells,
         null::float8 as median_width, null::float8 as median_height
  from shown
  union all
  select true, t.device, null, null, t.clicks, coalesce(s.sessions, 0), t.without_place,
         (select count(*) from cells c where c.device = t.device), t.median_width, t.median_height
  from totals t
  left join sessions s on s.device = t.device
) rows
order by is_total, clicks desc, device collate "C", cell_y, cell_x;
