-- At which hours of the week are visitors active?
--
-- All 168 hours from Monday (1), by the clocks of the time zone. events, page_views: events in the period; visitors: distinct
-- ones of each such hour of the period, added up, so one who is there on two Mondays at nine counts twice, as in time_series by hour.
-- Sealed days come from sums of their hours; the rest, and days whose hours are not those of the time zone, from events themselves.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the clocks
-- version: 2
-- reads: sealed_days, sealed_hours and user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/activity.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin');") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- Sealed days; each of their hours is one by the clocks asked for if they begin and end with one, and are made of whole ones.
days as materialized (
  select p.sites, p.is_listed, d.day, d.from_time, d.to_time,
         date_trunc('hour', d.from_time, $6::text) = d.from_time and date_trunc('hour', d.to_time, $6::text) = d.to_time
           and date_part('epoch', d.to_time - d.from_time)::int % 3600 = 0 as is_of_use
  from parts p
  join company_zones($1::int) c on c.sites = p.sites and c.is_listed = p.is_listed
  cross join generate_series(0, p.end_day - p.first_day - 1) n
  cross join lateral (
    select p.first_day + n as day, first_moment(p.first_day + n, c.time_zone) as from_time,
           first_moment(p.first_day + n + 1, c.time_zone) as to_time) d
  where p.is_sealed
),
raw_parts as materialized (
  select from_time, to_time, sites, is_listed from parts where not is_sealed
  union all
  select from_time, to_time, sites, is_listed from days where not is_of_use
),
hours as (
  select d.from_time + t.hour * interval '1 hour' as at, t.visitors, t.events, t.page_views
  from days d
  join sealed_hours t on t.company_id = $1::int and not t.is_day and t.day = d.day and (t.site_id = any (d.sites)) = d.is_listed
  where d.is_of_use and (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
  union all
  select at, count(*) filter (where visitor_id is not null), sum(events), sum(page_views)
  from (
    select date_trunc('hour', e.event_timestamp, $6::text) as at, e.site_id, e.is_bot, e.visitor_id, count(*) as events,
           count(*) filter (where e.event_type = 'page_view') as page_views
    from raw_parts p
    -- `offset 0` keeps Postgres from reading all events and asking of each whether it lies in a part.
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time offset 0) e
    where (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    group by 1, e.site_id, e.is_bot, e.visitor_id
  ) one_by_one
  group by at
),
counted as (
  select date_part('isodow', at at time zone $6::text) as weekday, date_part('hour', at at time zone $6::text) as hour,
         sum(visitors)::bigint as visitors, sum(events)::bigint as events, sum(page_views)::bigint as page_views
  from hours
  group by 1, 2
)
select weekday, hour, coalesce(visitors, 0) as visitors, coalesce(events, 0) as events, coalesce(page_views, 0) as page_views
from generate_series(1, 7) weekday
cross join generate_series(0, 23) hour
left join counted using (weekday, hour)
order by weekday, hour;
