-- Computes the rows of sealed_hours of a day: $1 company, $2 time zone, $3 day.
with
happened as (
  select site_id, is_bot, (minute / 60)::smallint as hour, visitor_key, count(*) as events, count(*) filter (where is_view) as page_views
  from day_events
  group by 1, 2, 3, 4
),
counted as (
  select site_id, is_bot, hour is null as is_day, coalesce(hour, 0::smallint) as hour, count(distinct visitor_key) as visitors,
         sum(events) as events, sum(page_views) as page_views
  from happened
  group by grouping sets ((site_id, is_bot, hour), (site_id, is_bot))
),
lengths as (
  select site_id, is_bot, hour is null as is_day, coalesce(hour, 0::smallint) as hour, second, count(*) as sessions,
         count(*) filter (where is_bounce) as bounces
  from (
    select site_id, is_bot, (started_minute / 60)::smallint as hour, (duration_us / 1000000)::int as second, is_bounce from day_sessions
  ) s
  group by grouping sets ((site_id, is_bot, hour, second), (site_id, is_bot, second))
),
begun as (
  select site_id, is_bot, is_day, hour, sum(sessions) as sessions, sum(bounces) as bounces,
         min(second) filter (where up_to >= (of_all + 1) / 2) as low_middle,
         max(second) filter (where up_to - sessions < of_all / 2 + 1) as high_middle,
         array_agg(second order by second) as seconds,
         array_agg((up_to - sessions)::int order by second) || sum(sessions)::int as shorter
  from (
    select l.*, (sum(sessions) over (partition by site_id, is_bot, is_day, hour order by second))::bigint as up_to,
           (sum(sessions) over (partition by site_id, is_bot, is_day, hour))::bigint as of_all
    from lengths l
  ) counted_up
  group by 1, 2, 3, 4
)
select $1::int as company_id, $3::date as day, site_id, coalesce(c.visitors, 0)::int as visitors, coalesce(c.events, 0)::int as events,
       coalesce(c.page_views, 0)::int as page_views, coalesce(b.sessions, 0)::int as sessions, coalesce(b.bounces, 0)::int as bounces,
       b.low_middle, b.high_middle, hour, is_bot, is_day, b.seconds, b.shorter
from counted c
full join begun b using (site_id, is_bot, is_day, hour)
