-- Computes the rows of sealed_event_counts of a day: $1 company, $2 time zone, $3 day.
select $1::int as company_id, $3::date as day, e.site_id, e.is_bot, e.event_type, coalesce(e.event_name, '') as event_name,
       count(*) as events
from events_of_day($1::int, $2::text, $3::date) e
group by 3, 4, 5, 6
