-- How is traffic spread over what a session has one value of?
--
-- By channel as the file stands; by entry or exit page, referrer, campaign, place, device, browser, operating system or signed
-- in or not as the question says. The value is that of the session's first event; '' where it has none.
-- Sessions that began in the period; visitors: distinct ones of these sessions, so a visitor with two sessions of different
-- values counts for both, and once in the total. events, page_views: of these sessions, later than the period too.
-- bounce_rate: share with one page view and no interaction, 0 to 1. mean_duration_seconds: from first to last event.
-- The last row, is_total, is of all values; values: how many there are.
-- For filters on what a session has one value of, too. Sealed days come from their narrow rows.
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
-- reads: sealed_days, sealed_sessions_by_day, session_traits; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/breakdown_of_sessions.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
by_visitor as materialized (
  select value, site_id, is_bot, visitor_key, count(*) as sessions, sum(events) as events, sum(page_views) as page_views,
         count(*) filter (where is_bounce) as bounces, sum(duration_us) as duration_us
  from (
    select coalesce(x.channel, '') /* by: trait */ as value, s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views, s.is_bounce, s.duration_us
    from parts p
    join sealed_sessions s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
      and (s.site_id = any (p.sites)) = p.is_listed
    join session_traits x on x.company_id = $1::int and x.trait_id = s.source_trait /* by: trait */
    where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sealed s */
    union all
    select coalesce(s.channel, '') /* by: sessions s */, s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views,
           is_bounce(s.page_views, s.interactions), duration_us(s.started_at, s.ended_at)
    from parts p
    cross join lateral (
      select * from sessions s
      where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
    where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) both_parts
  group by value, site_id, is_bot, visitor_key
),
groups as materialized (
  select value, count(visitor_key) as visitors, sum(sessions) as sessions, sum(events) as events,
         sum(page_views) as page_views, sum(bounces) as bounces, sum(duration_us) as duration_us
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
         coalesce(sum(page_views), 0) as page_views, sum(bounces) as bounces, sum(duration_us) as duration_us
  from groups
)
select is_total, value, values, visitors, sessions, events, page_views, bounces::float8 / nullif(sessions, 0) as bounce_rate,
       duration_us::float8 / 1e6 / nullif(sessions, 0)::float8 as mean_duration_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, page_views, bounces, duration_us
  from shown
  union all
  select true, '', values, visitors, sessions, events, page_views, bounces, duration_us from total
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
