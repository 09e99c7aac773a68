-- Who is here now?
--
-- visitors: distinct visitors with an event in the period, which is the last five minutes. events_per_second: over its last
-- minute. By the events' own time.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/live.sql; echo "execute q(1, '{}', now() - interval '5 minutes', now(), false);") | psql
select count(distinct (e.site_id, e.is_bot, e.visitor_id)) filter (where e.visitor_id is not null) as visitors,
       count(*) filter (where e.event_timestamp >= $4::timestamptz - interval '1 minute') / 60.0::float8 as events_per_second
from user_events e
where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
  and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  and true /* filters: events e */;
