-- Computes the rows of sealed_breakdowns of a day: $1 company, $2 time zone, $3 day.
select sum(events)::bigint as events, sum(page_views)::bigint as page_views, sum(duration_us)::bigint as duration_us,
       value_key(dimension, value) as value_key, $1::int as company_id, $3::date as day, site_id, sum(sessions)::int as sessions,
       count(visitor_key)::int as visitors, sum(bounces)::int as bounces, is_bot, dimension, value
from (
  select s.site_id, s.is_bot, d.dimension, d.value, s.visitor_key, count(*) as sessions, sum(s.events) as events,
         sum(s.page_views) as page_views, count(*) filter (where is_bounce(s.page_views, s.interactions)) as bounces,
         sum(duration_us(s.started_at, s.ended_at)) as duration_us
  from sessions_of_day($1::int, $2::text, $3::date) s
  cross join lateral (values
    ('', ''), ('referrer', s.referrer_domain), ('channel', s.channel), ('utm_source', s.utm_source), ('utm_medium', s.utm_medium),
    ('utm_campaign', s.utm_campaign), ('country', s.country), ('region', s.region), ('city', s.city), ('device', s.device_type),
    ('browser', s.browser), ('os', s.os), ('user', case when s.user_id is null then 'no' else 'yes' end)
  ) named (dimension, known)
  cross join lateral (select named.dimension, coalesce(named.known, '') as value) d
  group by 1, 2, 3, 4, 5
) of_visitors
group by site_id, is_bot, dimension, value
