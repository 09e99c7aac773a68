-- Which experiments ran, counted from events one by one?
--
-- The columns of experiments.sql, of events that match; without filters the two agree.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 row_limit integer: how many experiments
-- $7 row_offset integer: how many experiments to leave out before them
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/experiments_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 50, 0);") | psql
with
by_visitor as (
  select n.key as experiment, n.value as variant, e.site_id, e.is_bot, e.visitor_id, count(*) as events,
         min(e.event_timestamp) as first_seen, max(e.event_timestamp) as last_seen
  from user_events e
  cross join lateral jsonb_each_text(e.experiments) n
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and e.experiments is not null and true /* filters: events e */
  group by n.key, n.value, e.site_id, e.is_bot, e.visitor_id
),
by_variant as materialized (
  select experiment, variant, count(visitor_id) as visitors, sum(events) as events, min(first_seen) as first_seen,
         max(last_seen) as last_seen
  from by_visitor
  group by experiment, variant
),
listed as (
  select experiment, min(first_seen) as first_seen, max(last_seen) as last_seen, count(*) over () as values,
         row_number() over (order by max(last_seen) desc, experiment collate "C") as place
  from by_variant
  group by experiment
  order by place
  limit $6::int offset $7::int
)
select place, experiment, variant, visitors, events, first_seen, last_seen, values
from (
  select l.place, l.experiment, v.variant, v.visitors, v.events, l.first_seen, l.last_seen, l.values,
         row_number() over (partition by l.place order by v.variant collate "C") as variant_place
  from listed l
  join by_variant v on v.experiment = l.experiment
) numbered
where variant_place <= 100
order by place, variant_place;
