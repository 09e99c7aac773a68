-- Computes the rows of sealed_views of a day: $1 company, $2 time zone, $3 day. name_traits() comes before; 0 is a trait that a
-- writer brought since then, who took the day's mark away. Times on pages are those of sealed_pages, depths those of
-- sql/metrics/content_from_events.sql.
with
happened as materialized (
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.session_id, 0) as session_key,
         e.event_timestamp, e.sequence, e.event_id, e.event_type = 'page_view' as is_view, nullif(e.page_path, '') as page, e.load_ms,
         case when e.event_type = 'scroll' then coalesce(e.value, 0) end as depth,
         e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign, e.device_type, e.browser, e.os,
         e.user_id is not null as is_signed_in, e.country, e.region, e.city
  from events_of_day($1::int, $2::text, $3::date) e
),
ended as materialized (
  select site_id, is_bot, session_key, max(event_timestamp) as ended_at
  from happened where session_key is not null
  group by 1, 2, 3
),
scrolled as materialized (
  select site_id, is_bot, session_key, coalesce(page, '') as page, max(depth) as depth
  from happened where session_key is not null and depth is not null
  group by 1, 2, 3, 4
),
keyed as materialized (
  select v.site_id, v.is_bot, v.visitor_key, v.session_key, v.event_timestamp, v.sequence, v.event_id, coalesce(v.page, '') as page,
         v.load_ms, trait_key('page', array[v.page]) as page_key,
         trait_key('source', array[v.referrer_domain, v.channel, v.utm_source, v.utm_medium, v.utm_campaign]) as source_key,
         trait_key('client', array[v.device_type, v.browser, v.os, v.is_signed_in::text]) as client_key,
         trait_key('place', array[v.country, v.region, v.city]) as place_key,
         trunc(date_part('epoch', v.event_timestamp - first_moment($3::date, $2::text)) / 60)::smallint as minute,
         lead(v.event_timestamp) over (
           partition by v.session_key, v.site_id, v.is_bot order by v.event_timestamp, v.sequence, v.event_id) as next_view_at,
         case when v.session_key is not null then
           dense_rank() over (partition by v.site_id, v.is_bot order by v.session_key)::int end as session
  from happened v
  where v.is_view
),
placed as (
  select v.site_id, v.is_bot, coalesce(l.trait_id, 0) as place_trait, v.visitor_key, v.session, v.event_timestamp, v.sequence, v.event_id,
         case when v.session_key is not null then duration_us(v.event_timestamp, coalesce(v.next_view_at, d.ended_at)) end as time_us,
         coalesce(p.trait_id, 0) as page_trait, coalesce(s.trait_id, 0) as source_trait, coalesce(c.trait_id, 0) as client_trait,
         v.load_ms, r.depth, v.minute
  from keyed v
  left join ended d on d.session_key = v.session_key and d.site_id = v.site_id and d.is_bot = v.is_bot
  left join scrolled r on r.session_key = v.session_key and r.site_id = v.site_id and r.is_bot = v.is_bot and r.page = v.page
  left join session_traits p on p.company_id = $1::int and p.trait_key = v.page_key
  left join session_traits s on s.company_id = $1::int and s.trait_key = v.source_key
  left join session_traits c on c.company_id = $1::int and c.trait_key = v.client_key
  left join session_traits l on l.company_id = $1::int and l.trait_key = v.place_key
)
select $1::int as company_id, $3::date as day, site_id, place_trait, is_bot,
       array_agg(visitor_key order by session, event_timestamp, sequence, event_id) as visitor_keys,
       array_agg(time_us order by session, event_timestamp, sequence, event_id) as times_us,
       array_agg(session order by session, event_timestamp, sequence, event_id) as sessions,
       array_agg(page_trait order by session, event_timestamp, sequence, event_id) as page_traits,
       array_agg(source_trait order by session, event_timestamp, sequence, event_id) as source_traits,
       array_agg(client_trait order by session, event_timestamp, sequence, event_id) as client_traits,
       array_agg(load_ms order by session, event_timestamp, sequence, event_id) as loads_ms,
       array_agg(depth order by session, event_timestamp, sequence, event_id) as depths,
       array_agg(minute order by session, event_timestamp, sequence, event_id) as minutes
from placed
group by site_id, is_bot, place_trait
