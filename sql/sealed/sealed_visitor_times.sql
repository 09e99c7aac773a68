-- Computes the rows of sealed_visitor_times of a day: $1 company, $2 time zone, $3 day.
select $1::int as company_id, $3::date as day, site_id, is_bot,
       array_agg(visitor_key order by first_minute, visitor_key) as visitor_keys,
       array_agg(first_minute order by first_minute, visitor_key) as first_minutes,
       array_agg(last_minute order by first_minute, visitor_key) as last_minutes
from (
  select site_id, is_bot, visitor_key, min(minute) as first_minute, max(minute) as last_minute
  from day_events
  where visitor_key is not null
  group by 1, 2, 3
) visitors
group by site_id, is_bot
