-- Computes the rows of sealed_breakdowns of a day: $1 company, $2 time zone, $3 day. Sessions are grouped thirteen ways at once. Of visitors
-- with one session, which are most, each session is one; the others are told apart value by value.
with
begun as materialized (
  select s.site_id, s.is_bot, s.visitor_key, s.events, s.page_views, is_bounce(s.page_views, s.interactions) as is_bounce,
         duration_us(s.started_at, s.ended_at) as duration_us, coalesce(s.referrer_domain, '') as referrer,
         coalesce(s.channel, '') as channel, coalesce(s.utm_source, '') as utm_source, coalesce(s.utm_medium, '') as utm_medium,
         coalesce(s.utm_campaign, '') as utm_campaign, coalesce(s.country, '') as country, coalesce(s.region, '') as region,
         coalesce(s.city, '') as city, coalesce(s.device_type, '') as device, coalesce(s.browser, '') as browser,
         coalesce(s.os, '') as os, case when s.user_id is null then 'no' else 'yes' end as "user",
         s.visitor_key is not null and count(*) over (partition by s.visitor_key, s.site_id, s.is_bot) > 1 as came_again
  from sessions_of_day($1::int, $2::text, $3::date) s
),
grouped as (
  select site_id, is_bot,
         case grouping(referrer, channel, utm_source, utm_medium, utm_campaign, country, region, city, device, browser, os, "user")
           when 4095 then '' when 2047 then 'referrer' when 3071 then 'channel' when 3583 then 'utm_source' when 3839 then 'utm_medium'
           when 3967 then 'utm_campaign' when 4031 then 'country' when 4063 then 'region' when 4079 then 'city'
           when 4087 then 'device' when 4091 then 'browser' when 4093 then 'os' when 4094 then 'user' end as dimension,
         coalesce(referrer, channel, utm_source, utm_medium, utm_campaign, country, region, city, device, browser, os, "user", '') as value,
         count(*) as sessions, count(visitor_key) filter (where not came_again) as visitors, sum(events) as events,
         sum(page_views) as page_views, count(*) filter (where is_bounce) as bounces, sum(duration_us) as duration_us
  from begun
  group by site_id, is_bot, grouping sets ((), (referrer), (channel), (utm_source), (utm_medium), (utm_campaign), (country), (region), (city),
                                           (device), (browser), (os), ("user"))
),
came_again as (
  select distinct b.site_id, b.is_bot, b.visitor_key, d.dimension, d.value
  from begun b
  cross join lateral (values
    ('', ''), ('referrer', b.referrer), ('channel', b.channel), ('utm_source', b.utm_source), ('utm_medium', b.utm_medium),
    ('utm_campaign', b.utm_campaign), ('country', b.country), ('region', b.region), ('city', b.city), ('device', b.device),
    ('browser', b.browser), ('os', b.os), ('user', b."user")
  ) d (dimension, value)
  where b.came_again
)
select sum(events)::bigint as events, sum(page_views)::bigint as page_views, sum(duration_us)::bigint as duration_us,
       value_key(dimension, value) as value_key, $1::int as company_id, $3::date as day, site_id, sum(sessions)::int as sessions,
       sum(visitors)::int as visitors, sum(bounces)::int as bounces, is_bot, dimension, value
from (
  select site_id, is_bot, dimension, value, sessions, visitors, events, page_views, bounces, duration_us from grouped
  union all
  select site_id, is_bot, dimension, value, 0, 1, 0, 0, 0, 0 from came_again
) both_parts
group by site_id, is_bot, dimension, value
