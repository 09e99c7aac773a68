-- How much traffic was there, of sessions that have something in common?
--
-- The columns of overview.sql, for questions whose filters are all on what a session has one value of. sessions: those that
-- began in the period and match; every figure is theirs, as in breakdown_of_sessions.sql, so a row there and this answer with
-- that value as the filter agree. visitors: distinct visitors of these sessions. events, page_views: of these sessions, later
-- than the period too. What belongs to no session is not counted. Sealed days come from their narrow rows.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: sealed_days, sealed_sessions_by_day, sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/overview_of_sessions.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
matching as materialized (
  select s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views, s.is_bounce, s.duration_us
  from parts p
  join sealed_sessions s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
    and (s.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sealed s */
  union all
  select s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views, is_bounce(s.page_views, s.interactions),
         duration_us(s.started_at, s.ended_at)
  from parts p
  cross join lateral (
    select * from sessions s
    where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
  where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
)
select (select count(*) from (
          select distinct site_id, is_bot, visitor_key from matching where visitor_key is not null) v) as visitors,
       count(*) as sessions, coalesce(sum(page_views), 0) as page_views, coalesce(sum(events), 0) as events,
       sum(page_views)::float8 / nullif(count(*), 0) as pages_per_session,
       count(*) filter (where is_bounce)::float8 / nullif(count(*), 0) as bounce_rate,
       percentile_cont(0.5) within group (order by duration_us / 1000000) as median_duration_seconds,
       sum(duration_us)::float8 / 1e6 / nullif(count(*), 0) as mean_duration_seconds
from matching;
