-- Who is in a segment?
--
-- People with an event in the period that matches the filters, and so the segment: visitors (one visitor id on one site, bots
-- apart) or users (one user id). events: such events; first_at, last_at: the first and the last of them. The last seen first,
-- equals by id, site and bot. The last row, is_total, says in events how many people there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 people text: visitors or users
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/segment_members.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'users', 50, 0);") | psql
with
members as materialized (
  select case $6::text when 'users' then e.user_id else e.visitor_id end as person_id,
         case $6::text when 'users' then 0 else e.site_id end as site_id, $6::text <> 'users' and e.is_bot as is_bot,
         count(*) as events, min(e.event_timestamp) as first_at, max(e.event_timestamp) as last_at
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and case $6::text when 'users' then e.user_id else e.visitor_id end is not null
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by 1, 2, 3
),
shown as (
  select * from members
  order by last_at desc, person_id collate "C", site_id, is_bot
  limit $7::int offset $8::int
)
select is_total, person_id, site_id, is_bot, events, first_at, last_at
from (
  select false as is_total, person_id, site_id, is_bot, events, first_at, last_at from shown
  union all
  select true, '', 0, false, count(*), null, null from members
) rows
order by is_total, last_at desc, person_id collate "C", site_id, is_bot;
