-- How many events of each type and name?
--
-- Events in the period, most first; at most 10,000 rows. event_name is empty for types without names.
-- Sealed days come from their sums, other whole hours from the rollup, the edges from the events themselves, so a period is exact to
-- the microsecond.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: sealed_event_counts, rollup_events_hourly and user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/event_breakdown.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
hours as materialized (
  select p.*, first_hour, greatest(end_hour, first_hour) as end_hour
  from parts p
  cross join lateral (
    select date_trunc('hour', p.from_time - interval '1 microsecond', 'UTC') + interval '1 hour' as first_hour,
           date_trunc('hour', p.to_time, 'UTC') as end_hour
  ) h
  where not p.is_sealed
)
select event_type, event_name, sum(n) as events
from (
  select s.event_type, s.event_name, s.events as n
  from parts p
  join sealed_event_counts s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
    and (s.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
  union all
  select r.event_type, r.event_name, r.events
  from hours h
  join rollup_events_hourly r on r.company_id = $1::int and r.hour >= h.first_hour and r.hour < h.end_hour
    and (r.site_id = any (h.sites)) = h.is_listed
  where (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
  union all
  -- Read edge by edge (`offset 0`), because a join would read all events.
  select e.event_type, coalesce(e.event_name, ''), 1
  from hours h
  cross join lateral (
    values (h.from_time, least(h.first_hour, h.to_time)), (h.end_hour, h.to_time)
  ) edges (from_time, to_time)
  cross join lateral (
    select * from user_events
    where company_id = $1::int and event_timestamp >= edges.from_time and event_timestamp < edges.to_time
    offset 0
  ) e
  where (e.site_id = any (h.sites)) = h.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
) counted
group by event_type, event_name
order by events desc, event_type collate "C", event_name collate "C"
limit 10000;
