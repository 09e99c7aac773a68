-- Computes the rows of sealed_session_totals of a day: $1 company, $2 time zone, $3 day.
select $1::int as company_id, $3::date as day, site_id, is_bot, sum(sessions)::bigint as sessions,
       sum(bounces)::bigint as bounces, sum(events)::bigint as events, sum(page_views)::bigint as page_views,
       sum(duration_us)::bigint as duration_us, array_agg(second order by second) as seconds,
       array_agg(sessions::int order by second) as of_seconds
from (
  select s.site_id, s.is_bot, (duration_us(s.started_at, s.ended_at) / 1000000)::int as second, count(*) as sessions,
         count(*) filter (where is_bounce(s.page_views, s.interactions)) as bounces, sum(s.events) as events,
         sum(s.page_views) as page_views, sum(duration_us(s.started_at, s.ended_at)) as duration_us
  from sessions_of_day($1::int, $2::text, $3::date) s
  group by 1, 2, 3
) by_second
group by site_id, is_bot
