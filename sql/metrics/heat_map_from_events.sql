-- Where on a page is clicked, counted from events one by one?
--
-- The clicks on one page, by the visitor's kind of device, '' where that is not known, counted in cells of a grid: cell_x is
-- the column, from 0, of so many as the viewport's width is cut into; cell_y the row, from 0, each so many CSS pixels high,
-- from the top of the document. A click has no place if it says none or says 0/0, as those of keyboards and scripts may, if its
-- viewport's width is not known, or if it lies outside of that width or above the top. clicks: how many; sessions: of how
-- many, where one that goes on after midnight counts on both days, and one on two sites on both. Most clicks first, equals by device, row
-- and column. The last rows, is_total, are one for each device: clicks with a place; without_place: the others; cells; and the medians of the viewport's width and height in CSS pixels.
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
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/heat_map_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '/', 50, 20, 2000);") | psql
with
clicks as materialized (
  select device, day, site_id, is_bot, session, width, height,
         case when x >= 0 and x <= width and width > 0 and y >= 0 and (x <> 0 or y <> 0)
              then least(x * $7::int / width, $7::int - 1) end as cell_x,
         y / $8::int as cell_y
  from (
    select coalesce(e.device_type, '') as device, (e.event_timestamp at time zone z.time_zone)::date as day, e.site_id, e.is_bot,
           hashtextextended(e.session_id, 0) as session, e.x_coordinate::bigint as x, e.y_coordinate as y,
           substring(e.viewport from '^(\d{1,10})x\d{1,10}$')::bigint as width,
           substring(e.viewport from '^\d{1,10}x(\d{1,10})$')::bigint as height
    from user_events e
    join company_zones($1::int) z on (e.site_id = any (z.sites)) = z.is_listed
    where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and e.event_type = 'click' and coalesce(e.page_path, '') = $6::text
      and true /* filters: events e */
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
