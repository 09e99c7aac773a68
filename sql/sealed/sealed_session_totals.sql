-- Computes the rows of sealed_session_totals of a day: $1 company, $2 time zone, $3 day.
select $1::int as company_id, $3::date as day, site_id, is_bot, sum(sessions)::bigint as sessions,
       sum(bounces)::bigint as bounces, sum(events)::bigint as events, sum(page_views)::bigint as page_views,
       sum(duration_us)::bigint as duration_us, array_agg(second order by second) as seconds,
       array_agg(sessions::int order by second) as of_seconds
from (
  select site_id, is_bot, (duration_us / 1000000)::int as second, count(*) as sessions, count(*) filter (where is_bounce) as bounces,
         sum(events) as events, sum(page_views) as page_views, sum(duration_us) as duration_us
  from day_sessions
  group by 1, 2, 3
) by_second
group by site_id, is_bot
