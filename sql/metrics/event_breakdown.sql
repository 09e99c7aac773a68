-- How many events of each type and name?
--
-- Events in the period, most first; at most 10,000 rows. event_name is empty for types without names.
-- Whole hours come from the rollup, the edges from the events themselves, so a period is exact to the microsecond.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: rollup_events_hourly and user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/event_breakdown.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false);") | psql
with
hours as materialized (
  select first_hour, greatest(end_hour, first_hour) as end_hour
  from (select date_trunc('hour', $3::timestamptz - interval '1 microsecond', 'UTC') + interval '1 hour' as first_hour,
               date_trunc('hour', $4::timestamptz, 'UTC') as end_hour) h
)
select event_type, event_name, sum(n) as events
from (
  select event_type, event_name, events as n from rollup_events_hourly
  where company_id = $1::int and hour >= (select first_hour from hours) and hour < (select end_hour from hours)
    and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
  union all
  select event_type, coalesce(event_name, ''), 1 from user_events
  where company_id = $1::int and event_timestamp >= $3::timestamptz
    and event_timestamp < least((select first_hour from hours), $4::timestamptz)
    and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
  union all
  select event_type, coalesce(event_name, ''), 1 from user_events
  where company_id = $1::int and event_timestamp >= (select end_hour from hours) and event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
) parts
group by event_type, event_name
order by events desc, event_type collate "C", event_name collate "C"
limit 10000;
