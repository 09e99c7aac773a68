-- How is traffic spread over what events differ in?
--
-- By event type as the file stands; by name, page title, language, screen, campaign term or content or a property as the
-- question says; '' where an event has none.
-- Events in the period; visitors, sessions: distinct ones with such an event, so one with two values counts for both, and once
-- in the total. The last row, is_total, is of all values; values: how many there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: visitors, sessions or events; greatest first, equals by value
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/breakdown_of_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
by_session as materialized (
  select coalesce(e.event_type, '') /* by: events e */ as value, e.site_id, e.is_bot, e.visitor_id, e.session_id,
         count(*) as events, count(*) filter (where e.event_type = 'page_view') as page_views
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
  group by 1, e.site_id, e.is_bot, e.visitor_id, e.session_id
),
visitors as (
  select value, count(*) as visitors
  from (select distinct value, site_id, is_bot, visitor_id from by_session where visitor_id is not null) v
  group by value
),
sessions as (
  select value, count(*) as sessions
  from (select distinct value, session_id from by_session where session_id is not null) s
  group by value
),
groups as materialized (
  select value, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions, events, page_views
  from (select value, sum(events) as events, sum(page_views) as page_views from by_session group by value) counted
  left join visitors using (value)
  left join sessions using (value)
),
shown as (
  select * from groups
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
),
total as (
  select (select count(*) from (
            select distinct site_id, is_bot, visitor_id from by_session where visitor_id is not null) v) as visitors,
         (select count(*) from (select distinct session_id from by_session where session_id is not null) s) as sessions,
         count(*) as values, coalesce(sum(events), 0) as events, coalesce(sum(page_views), 0) as page_views
  from groups
)
select is_total, value, values, visitors, sessions, events, page_views
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, page_views from shown
  union all
  select true, '', values, visitors, sessions, events, page_views from total
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
