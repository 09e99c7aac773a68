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
-- Sealed days number their sessions, each time zone its own. (Keys of groups are hashed: Postgres groups numbers badly whose halves are alike.)
parts as materialized (
  select p.*, z.time_zone, dense_rank() over (order by z.time_zone) as zone, cardinality(p.sites) = 0 and not p.is_listed as is_all_sites
  from period_parts($1::int, $3::timestamptz, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
),
raw as materialized (
  select coalesce(e.device_type, '') as device, coalesce(e.viewport, '') as viewport, e.x_coordinate as x, e.y_coordinate as y,
         hashtextextended(e.session_id, (((e.event_timestamp at time zone p.time_zone)::date - date '2000-01-01')::bigint << 32)
                                        | (e.site_id::bigint << 1) | e.is_bot::int) as session
  from parts p
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
visit_traits as materialized (
  select trait_id, coalesce(device_type, '') as device, coalesce(viewport, '') as viewport
  from click_traits where company_id = $1::int and kind = 'visit'
),
screens as materialized (
  select row_number() over () as screen, dense_rank() over (order by device collate "C") as device_no, device, viewport,
         substring(viewport from '^(\d{1,10})x\d{1,10}$')::bigint as width, substring(viewport from '^\d{1,10}x(\d{1,10})$')::bigint as height
  from (select device, viewport from visit_traits union select device, viewport from raw) s
),
visits as materialized (
  select v.trait_id, s.screen, s.device_no, s.width from visit_traits v join screens s using (device, viewport)
),
-- cell: a number for the device, the row and the column, in this order.
clicks as materialized (
  select screen, device_no, session,
         case when x >= 0 and x <= width and width > 0 and y >= 0 and (x <> 0 or y <> 0)
              then (device_no << 48) | ((y / $8::int)::bigint << 16) | least(x::bigint * $7::int / width, $7::int - 1) end as cell
  from (
    select v.screen, v.device_no, v.width, c.x, c.y, hashint8extended(c.session_no, (p.zone << 32) | (c.day - date '2000-01-01')) as session
    from parts p
    join sealed_clicks c on p.is_sealed and c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
      and (p.is_all_sites or (c.site_id = any (p.sites)) = p.is_listed)
    join visits v on v.trait_id = c.visit_trait
    where (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
      and c.element_trait = any (array(
        select t.trait_id from click_traits t
        where t.company_id = $1::int and t.kind = 'element' and coalesce(t.page_path, '') = $6::text))
      and true /* filters: clicks c */
    union all
    select s.screen, s.device_no, s.width, r.x, r.y, r.session
    from raw r
    join screens s using (device, viewport)
  ) placed
),
cells as materialized (
  select cell >> 48 as device_no, cell, count(*) as clicks, count(distinct session) as sessions from clicks where cell is not null group by cell
),
shown as (
  select * from cells order by clicks desc, cell limit $9::int
),
sessions as (
  select device_no, count(*) as sessions
  from (select distinct on (session, device_no) device_no from clicks where session is not null order by session, device_no) by_session
  group by device_no
),
clicks_of_screens as materialized (
  select s.device_no, s.device, s.width, s.height, c.clicks, c.without_place
  from (select screen, count(cell) as clicks, count(*) - count(cell) as without_place from clicks group by screen) c
  join screens s using (screen)
),
-- Half of the clicks have a screen that is no larger: the middle one, or the mean of the middle two.
medians as (
  select device_no, of, (min(size) + max(size)) / 2.0::float8 as median
  from (
    select device_no, of, size, clicks, sum(clicks) over (partition by device_no, of order by size) as up_to,
           sum(clicks) over (partition by device_no, of) as all_clicks
    from (
      select c.device_no, v.of, v.size, sum(c.clicks + c.without_place) as clicks
      from clicks_of_screens c
      cross join lateral (values ('width', c.width), ('height', c.height)) v (of, size)
      where v.size is not null
      group by 1, 2, 3
    ) by_size
  ) added_up
  where up_to > div(all_clicks - 1, 2) and up_to - clicks <= div(all_clicks, 2)
  group by 1, 2
),
totals as (
  select device_no, device, sum(clicks)::bigint as clicks, sum(without_place)::bigint as without_place
  from clicks_of_screens
  group by 1, 2
)
select is_total, device, cell_x, cell_y, clicks, sessions, without_place, cells, median_width, median_height
from (
  select false as is_total, d.device, c.cell & 65535 as cell_x, ((c.cell >> 16) & 2147483647)::int as cell_y, c.clicks, c.sessions,
         null::bigint as without_place, null::bigint as cells, null::float8 as median_width, null::float8 as median_height
  from shown c
  join (select distinct device_no, device from screens) d using (device_no)
  union all
  select true, t.device, null, null, t.clicks, coalesce(s.sessions, 0), t.without_place,
         (select count(*) from cells c where c.device_no = t.device_no), w.median, h.median
  from totals t
  left join sessions s using (device_no)
  left join medians w on w.device_no = t.device_no and w.of = 'width'
  left join medians h on h.device_no = t.device_no and h.of = 'height'
) rows
order by is_total, clicks desc, device collate "C", cell_y, cell_x;
