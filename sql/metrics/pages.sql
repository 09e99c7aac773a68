-- Which pages are seen, by whom and for how long?
--
-- By path; '' where an event has none. page_views: views in the period, which are the only events counted here; visitors,
-- sessions: distinct ones with a view. entries, exits: sessions that began in the period and whose first or last page it is.
-- time_on_page_seconds: mean time from a view to the session's next view in the period; after the last one to the session's last
-- event or the end of the period. Views without a session, or after which nothing came, are left out; null when all are.
-- A visitor or session with two pages counts for both, and once in the total, the last row, is_total. values: how many pages.
-- Filters choose views; the next view is the next one of the session, whether it matches or not. Entries and exits: of sessions
-- as in overview_from_events.sql.
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
-- reads: user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/pages.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
by_session as materialized (
  select coalesce(e.page_path, '') as value, e.site_id, e.is_bot, e.visitor_id, e.session_id, count(*) as events,
         count(*) filter (where seconds > 0) as timed, sum(seconds) filter (where seconds > 0) as seconds
  from (
    select v.*, case when v.session_id is not null then
             date_part('epoch', least(coalesce(v.next_view_at, s.ended_at), $4::timestamptz) - v.event_timestamp) end as seconds
    from (
      select p.*,
             lead(p.event_timestamp) over (
               partition by p.session_id order by p.event_timestamp, p.sequence, p.event_id) as next_view_at
      from user_events p
      where p.company_id = $1::int and p.event_timestamp >= $3::timestamptz and p.event_timestamp < $4::timestamptz
        and (cardinality($2::int[]) = 0 or p.site_id = any ($2::int[])) and ($5::bool or not p.is_bot)
        and p.event_type = 'page_view'
    ) v
    left join sessions s on s.company_id = v.company_id and s.session_id = v.session_id
  ) e
  where true /* filters: events e */
  group by 1, e.site_id, e.is_bot, e.visitor_id, e.session_id
),
ends as materialized (
  select page as value, sum(entries) as entries, sum(exits) as exits
  from (
    select s.entry_page, s.exit_page
    from sessions s
    where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) matching
  cross join lateral (values (coalesce(entry_page, ''), 1, 0), (coalesce(exit_page, ''), 0, 1)) as e (page, entries, exits)
  group by page
),
visitors as (
  select value, count(*) as visitors
  from (select distinct value, site_id, is_bot, visitor_id from by_session where visitor_id is not null) v
  group by value
),
sessions_of as (
  select value, count(*) as sessions
  from (select distinct value, session_id from by_session where session_id is not null) s
  group by value
),
groups as materialized (
  select value, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions, coalesce(events, 0) as events,
         coalesce(timed, 0) as timed, seconds, coalesce(entries, 0) as entries, coalesce(exits, 0) as exits
  from (select value, sum(events) as events, sum(timed) as timed, sum(seconds) as seconds from by_session group by value) counted
  full join ends using (value)
  left join visitors using (value)
  left join sessions_of using (value)
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
         count(*) as values, coalesce(sum(events), 0) as events, coalesce(sum(timed), 0) as timed, sum(seconds) as seconds,
         coalesce(sum(entries), 0) as entries, coalesce(sum(exits), 0) as exits
  from groups
)
select is_total, value, values, visitors, sessions, events, events as page_views, entries, exits,
       seconds / nullif(timed, 0)::float8 as time_on_page_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, timed, seconds, entries, exits from shown
  union all
  select true, '', values, visitors, sessions, events, timed, seconds, entries, exits from total
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
