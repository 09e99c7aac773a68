-- At which hours of the week are visitors active, counted from events one by one?
--
-- The columns of activity.sql, for questions with filters; without filters the two agree. Events that match.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone of the clocks
-- version: 2
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/activity_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin');") | psql
with
counted as (
  select date_part('isodow', at at time zone $6::text) as weekday, date_part('hour', at at time zone $6::text) as hour,
         count(*) filter (where visitor_id is not null) as visitors, sum(events) as events, sum(page_views) as page_views
  from (
    select date_trunc('hour', e.event_timestamp, $6::text) as at, e.site_id, e.is_bot, e.visitor_id,
           count(*) as events, count(*) filter (where e.event_type = 'page_view') as page_views
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    group by 1, e.site_id, e.is_bot, e.visitor_id
  ) seen
  group by 1, 2
)
select weekday, hour, coalesce(visitors, 0) as visitors, coalesce(events, 0) as events, coalesce(page_views, 0) as page_views
from generate_series(1, 7) weekday
cross join generate_series(0, 23) hour
left join counted using (weekday, hour)
order by weekday, hour;
