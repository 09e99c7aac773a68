-- The sessions that began on a day, as the tables of this folder are computed from: $1 company, $2 time zone, $3 day.
select hashtextextended(s.session_id, 0) as session_key, s.visitor_key, duration_us(s.started_at, s.ended_at) as duration_us,
       page_key(s.entry_page) as entry_key, page_key(s.exit_page) as exit_key,
       five_texts_key(s.referrer_domain, s.channel, s.utm_source, s.utm_medium, s.utm_campaign) as source_key,
       hashint8extended(texts_key(s.device_type, s.browser, s.os), (s.user_id is not null)::int) as client_key,
       texts_key(s.country, s.region, s.city) as place_key, s.site_id, s.events, s.page_views,
       trunc(date_part('epoch', s.started_at - z.from_time) / 60)::smallint as started_minute, s.is_bot,
       is_bounce(s.page_views, s.interactions) as is_bounce, s.user_id is not null as is_signed_in,
       s.entry_page, s.exit_page, s.referrer_domain, s.channel, s.utm_source, s.utm_medium, s.utm_campaign,
       s.device_type, s.browser, s.os, s.country, s.region, s.city
from (
  select z.sites, z.is_listed, first_moment($3::date, $2::text) as from_time
  from company_zones($1::int) z
  where z.time_zone = $2::text
  offset 0
) z
join sessions s on s.company_id = $1::int and s.started_at >= first_moment($3::date, $2::text)
  and s.started_at < first_moment($3::date + 1, $2::text)
  and (s.site_id = any (z.sites)) = z.is_listed
