-- Which experiments ran?
--
-- Every experiment that an event in the period names, the last seen first; one row for each of its variants by name, 100 at most.
-- visitors: distinct ones with such an event, each on one site; first_seen, last_seen: of the experiment; values: how many
-- experiments there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 row_limit integer: how many experiments
-- $7 row_offset integer: how many experiments to leave out before them
-- version: 1
-- reads: sealed_days, sealed_experiments_by_day; of days that are not sealed user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/experiments.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 50, 0);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- Sealed rows, and rows like them of everything else.
seen as materialized (
  select x.experiment, x.variant, x.site_id, x.is_bot, x.events, x.first_seen, x.last_seen, x.visitor_keys
  from parts p
  join sealed_experiments x on p.is_sealed and x.company_id = $1::int and x.day >= p.first_day and x.day < p.end_day
    and (x.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or x.site_id = any ($2::int[])) and ($5::bool or not x.is_bot)
  union all
  select n.key, n.value, e.site_id, e.is_bot, count(*), min(e.event_timestamp), max(e.event_timestamp),
         array_agg(distinct hashtextextended(e.visitor_id, 0)) filter (where e.visitor_id is not null)
  from parts p
  cross join lateral (
    select e.site_id, e.is_bot, e.visitor_id, e.event_timestamp, e.experiments from user_events e
    where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
      and e.experiments is not null offset 0) e
  cross join lateral jsonb_each_text(e.experiments) n
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  group by n.key, n.value, e.site_id, e.is_bot
),
visited as (
  select experiment, variant, count(*) as visitors
  from (
    select distinct k.visitor_key, s.site_id, s.is_bot, s.experiment, s.variant
    from seen s
    cross join lateral unnest(s.visitor_keys) k (visitor_key)
  ) visitors
  group by experiment, variant
),
counted as (
  select experiment, variant, sum(events)::bigint as events, min(first_seen) as first_seen, max(last_seen) as last_seen
  from seen
  group by experiment, variant
),
by_variant as materialized (
  select c.experiment, c.variant, coalesce(v.visitors, 0) as visitors, c.events, c.first_seen, c.last_seen
  from counted c
  left join visited v on v.experiment = c.experiment and coalesce(v.variant, '') = coalesce(c.variant, '')
    and (v.variant is null) = (c.variant is null)
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
