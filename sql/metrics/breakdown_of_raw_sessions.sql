-- How is traffic spread over what a session has one value of, counted from sessions one by one?
--
-- By channel as the file stands; by entry or exit page, referrer, campaign, place, device, browser, operating system or signed
-- in or not as the question says. The value is that of the session's first event; '' where it has none.
-- Sessions that began in the period; visitors: distinct ones of these sessions, so a visitor with two sessions of different
-- values counts for both, and once in the total. events, page_views: of these sessions, later than the period too.
-- bounce_rate: share with one page view and no interaction, 0 to 1. mean_duration_seconds: from first to last event.
-- The last row, is_total, is of all values; values: how many there are.
-- For any filters and segments: those of breakdown_of_sessions.sql alone are answered faster there, and none at all by breakdown_of_days.sql
-- and breakdown_of_end_pages.sql.
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
-- reads: sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/breakdown_of_raw_sessions.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
by_visitor as materialized (
  select coalesce(s.channel, '') /* by: sessions s */ as value, s.site_id, s.is_bot, s.visitor_key, count(*) as sessions,
         sum(s.events) as events, sum(s.page_views) as page_views,
         count(*) filter (where s.page_views = 1 and s.interactions = 0) as bounces,
         sum(date_part('epoch', s.ended_at - s.started_at)) as seconds
  from sessions s
  where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
  group by 1, s.site_id, s.is_bot, s.visitor_key
),
groups as materialized (
  select value, count(visitor_key) as visitors, sum(sessions) as sessions, sum(events) as events,
         sum(page_views) as page_views, sum(bounces) as bounces, sum(seconds) as seconds
  from by_visitor
  group by value
),
shown as (
  select * from groups
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
),
total as (
  select (select count(*) from (
            select distinct site_id, is_bot, visitor_key from by_visitor where visitor_key is not null) v) as visitors,
         count(*) as values, coalesce(sum(sessions), 0) as sessions, coalesce(sum(events), 0) as events,
         coalesce(sum(page_views), 0) as page_views, sum(bounces) as bounces, sum(seconds) as seconds
  from groups
)
select is_total, value, values, visitors, sessions, events, page_views, bounces::float8 / nullif(sessions, 0) as bounce_rate,
       seconds / nullif(sessions, 0)::float8 as mean_duration_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, page_views, bounces, seconds
  from shown
  union all
  select true, '', values, visitors, sessions, events, page_views, bounces, seconds from total
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
