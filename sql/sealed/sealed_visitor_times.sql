-- Computes the rows of sealed_visitor_times of a day: $1 company, $2 time zone, $3 day.
select $1::int as company_id, $3::date as day, site_id, is_bot,
       array_agg(visitor_key order by first_minute, visitor_key) as visitor_keys,
       array_agg(first_minute order by first_minute, visitor_key) as first_minutes,
       array_agg(last_minute order by first_minute, visitor_key) as last_minutes
from (
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key,
         trunc(date_part('epoch', min(e.event_timestamp) - first_moment($3::date, $2::text)) / 60)::smallint as first_minute,
         trunc(date_part('epoch', max(e.event_timestamp) - first_moment($3::date, $2::text)) / 60)::smallint as last_minute
  from events_of_day($1::int, $2::text, $3::date) e
  where e.visitor_id is not null
  group by 1, 2, 3
) visitors
group by site_id, is_bot
