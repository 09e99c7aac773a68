-- Computes the rows of sealed_event_counts of a day: $1 company, $2 time zone, $3 day.
select $1::int as company_id, $3::date as day, e.site_id, e.is_bot, e.event_type, coalesce(e.event_name, '') as event_name,
       sum(e.events)::bigint as events
from (
  select site_id, is_bot, min(event_type collate "C") as event_type, min(event_name collate "C") as event_name, count(*) as events
  from day_events
  group by site_id, is_bot, happened_key
) e
group by 3, 4, 5, 6
