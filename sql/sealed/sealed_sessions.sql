-- Computes the rows of sealed_sessions of a day: $1 company, $2 time zone, $3 day. name_traits() and name_value_sets() come
-- before. Keys are computed ahead (`offset 0`) and traits looked up one by one, so that no plan computes the keys of a session for each trait.
-- 0 is a trait that a writer brought since then, who took the day's mark away: it will not be sealed. Rows of one place
-- lie together, because filters look for them by an index.
select s.visitor_key, s.duration_us, $1::int as company_id, $3::date as day, s.site_id, s.events, s.page_views,
       coalesce((select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = s.entry_key), 0) as entry_trait,
       coalesce((select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = s.exit_key), 0) as exit_trait,
       coalesce((select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = s.source_key), 0) as source_trait,
       coalesce((select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = s.client_key), 0) as client_trait,
       coalesce((select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = s.place_key), 0) as place_trait,
       s.started_minute, s.is_bot, s.is_bounce,
       coalesce((select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = v.happened_set_key), 0) as happened_set,
       coalesce((select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = v.seen_set_key), 0) as seen_set
from (
  select hashtextextended(s.session_id, 0) as session_key, s.visitor_key, duration_us(s.started_at, s.ended_at) as duration_us, s.site_id, s.events, s.page_views, s.is_bot,
         trait_key('page', array[s.entry_page]) as entry_key, trait_key('page', array[s.exit_page]) as exit_key,
         trait_key('source', array[s.referrer_domain, s.channel, s.utm_source, s.utm_medium, s.utm_campaign]) as source_key,
         trait_key('client', array[s.device_type, s.browser, s.os, (s.user_id is not null)::text]) as client_key,
         trait_key('place', array[s.country, s.region, s.city]) as place_key,
         trunc(date_part('epoch', s.started_at - first_moment($3::date, $2::text)) / 60)::smallint as started_minute,
         is_bounce(s.page_views, s.interactions) as is_bounce
  from sessions_of_day($1::int, $2::text, $3::date) s
  offset 0
) s
left join (select * from value_sets_of_day($1::int, $2::text, $3::date) where session_key is not null offset 0) v
  on v.session_key = s.session_key and v.visitor_key = s.visitor_key and v.site_id = s.site_id and v.is_bot = s.is_bot
order by place_trait, source_trait, client_trait
