-- How much traffic was there, counted from events and sessions one by one?
--
-- The columns of overview.sql, for questions with filters; without filters the two agree.
-- visitors, events, page_views: of events in the period that match. sessions and the other figures: of sessions that began in
-- the period and match. A filter on what events differ in (page, page title, type, name, property) takes sessions with such
-- an event; two of them may be met by two events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 2
-- reads: user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/overview_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
-- One pass: events by visitor, then visitors.
counted as (
  select count(*) filter (where visitor_id is not null) as visitors, coalesce(sum(events), 0) as events,
         coalesce(sum(page_views), 0) as page_views
  from (
    select e.site_id, e.is_bot, e.visitor_id, count(*) as events,
           count(*) filter (where e.event_type = 'page_view') as page_views
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    group by e.site_id, e.is_bot, e.visitor_id
  ) seen
),
begun as (
  select count(*) as sessions,
         sum(page_views)::float8 / nullif(count(*), 0) as pages_per_session,
         count(*) filter (where page_views = 1 and interactions = 0)::float8 / nullif(count(*), 0) as bounce_rate,
         percentile_cont(0.5) within group (order by duration_us / 1000000) as median_duration_seconds,
         sum(duration_us)::float8 / 1e6 / nullif(count(*), 0) as mean_duration_seconds
  from (
    select s.page_views, s.interactions, duration_us(s.started_at, s.ended_at) as duration_us
    from sessions s
    where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
      and true /* filters: sessions s */
  ) matching
)
select visitors, sessions, page_views, events, pages_per_session, bounce_rate, median_duration_seconds,
       mean_duration_seconds
from counted, begun;
