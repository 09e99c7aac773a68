-- The events of a day in what the tables of this folder are computed from: $1 company, $2 time zone, $3 day. What many statements group
-- by is a key of 64 bits; page_key is 0 of no page, and an empty one is none.
select e.event_timestamp, e.event_id, e.sequence, page_key(nullif(e.page_path, '')) as page_key,
       texts_key(e.event_type, e.event_name, e.page_path) as code_key,
       hashtextextended(coalesce(e.event_name, ''), hashtextextended(e.event_type, 0)) as happened_key,
       hashtextextended(coalesce(e.language, ''), hashtextextended(coalesce(e.screen, ''), hashtextextended(coalesce(e.utm_term, ''),
         hashtextextended(coalesce(e.utm_content, ''), 0)))) as seen_key,
       five_texts_key(e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign) as source_key,
       hashint8extended(coalesce(e.agent_key, 0), (e.user_id is not null)::int) as client_key,
       texts_key(e.country, e.region, e.city) as place_key,
       e.site_id, trunc(date_part('epoch', e.event_timestamp - z.from_time) / 60)::smallint as minute,
       e.is_bot, e.event_type = 'page_view' as is_view, e.user_id is not null as is_signed_in, e.event_type, e.page_path, e.agent_key,
       e.country, e.region, e.city, e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign, e.event_name,
       hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.session_id, 0) as session_key,
       hashtextextended(e.user_id, 0) as user_key, e.value, e.load_ms,
       case when e.event_type = 'custom' then e.metadata ->> 'form' else e.element_selector end as element_selector,
       e.language, e.screen, e.utm_term, e.utm_content, e.experiments, e.element_text, e.element_type, e.viewport,
       e.target_url is not null as is_link, e.duration_ms, e.x_coordinate, e.y_coordinate
from (
  select z.sites, z.is_listed, first_moment($3::date, $2::text) as from_time
  from company_zones($1::int) z
  where z.time_zone = $2::text
  offset 0
) z
join stored_events e on e.company_id = $1::int and e.event_timestamp >= first_moment($3::date, $2::text)
  and e.event_timestamp < first_moment($3::date + 1, $2::text)
  and (e.site_id = any (z.sites)) = z.is_listed
