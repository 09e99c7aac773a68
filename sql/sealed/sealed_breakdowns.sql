-- Computes the rows of sealed_breakdowns of a day: $1 company, $2 time zone, $3 day. Sessions are added up by what they have in common,
-- and that by each of its values. Of visitors with one session, which are most, each session is one; the others are told apart value by value.
with
begun as materialized (
  select visitor_key, source_key, client_key, place_key, site_id, is_bot, events, page_views, duration_us, is_bounce,
         visitor_key is not null and count(*) over (partition by visitor_key, site_id, is_bot) > 1 as came_again
  from day_sessions
),
-- The values of each trait.
kinds as materialized (
  select t.kind, t.key, d.dimension, coalesce(d.value, '') as value
  from day_traits t
  cross join lateral (values
    ('source', 'referrer', t.referrer_domain), ('source', 'channel', t.channel), ('source', 'utm_source', t.utm_source),
    ('source', 'utm_medium', t.utm_medium), ('source', 'utm_campaign', t.utm_campaign), ('client', 'device', t.device_type),
    ('client', 'browser', t.browser), ('client', 'os', t.os), ('client', 'user', case when t.is_signed_in then 'yes' else 'no' end),
    ('place', 'country', t.country), ('place', 'region', t.region), ('place', 'city', t.city)
  ) d (kind, dimension, value)
  where d.kind = t.kind
  union all
  select 'any', 0, '', ''
),
grouped as (
  select site_id, is_bot, 'any' as kind, 0::bigint as key, count(*) as sessions, count(visitor_key) filter (where not came_again) as visitors,
         sum(events) as events, sum(page_views) as page_views, count(*) filter (where is_bounce) as bounces, sum(duration_us) as duration_us
  from begun group by site_id, is_bot
  union all
  select site_id, is_bot, 'source', source_key, count(*), count(visitor_key) filter (where not came_again), sum(events), sum(page_views),
         count(*) filter (where is_bounce), sum(duration_us)
  from begun group by site_id, is_bot, source_key
  union all
  select site_id, is_bot, 'client', client_key, count(*), count(visitor_key) filter (where not came_again), sum(events), sum(page_views),
         count(*) filter (where is_bounce), sum(duration_us)
  from begun group by site_id, is_bot, client_key
  union all
  select site_id, is_bot, 'place', place_key, count(*), count(visitor_key) filter (where not came_again), sum(events), sum(page_views),
         count(*) filter (where is_bounce), sum(duration_us)
  from begun group by site_id, is_bot, place_key
),
came_again as (
  select distinct b.site_id, b.is_bot, b.visitor_key, d.dimension, d.value
  from (
    select site_id, is_bot, visitor_key, k.kind, k.key
    from begun b
    cross join lateral (values ('any', 0), ('source', b.source_key), ('client', b.client_key), ('place', b.place_key)) k (kind, key)
    where came_again
    group by 1, 2, 3, 4, 5
  ) b
  join kinds d on d.kind = b.kind and d.key = b.key
)
select sum(events)::bigint as events, sum(page_views)::bigint as page_views, sum(duration_us)::bigint as duration_us,
       value_key(dimension, value) as value_key, $1::int as company_id, $3::date as day, site_id, sum(sessions)::int as sessions,
       sum(visitors)::int as visitors, sum(bounces)::int as bounces, is_bot, dimension, value
from (
  select g.site_id, g.is_bot, d.dimension, d.value, g.sessions, g.visitors, g.events, g.page_views, g.bounces, g.duration_us
  from grouped g
  join kinds d on d.kind = g.kind and d.key = g.key
  union all
  select site_id, is_bot, dimension, value, 0, 1, 0, 0, 0, 0 from came_again
) both_parts
group by site_id, is_bot, dimension, value
