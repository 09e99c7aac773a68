-- Computes the rows of sealed_vitals of a day: $1 company, $2 time zone, $3 day. name_traits() comes before; 0 is a trait that a
-- writer brought since then, who took the day's mark away.
select $1::int as company_id, $3::date as day, v.site_id, v.is_bot, v.measure,
       array_agg(v.value order by v.value, v.event_timestamp, v.event_id) as values,
       array_agg(coalesce(p.trait_id, 0) order by v.value, v.event_timestamp, v.event_id) as page_traits,
       array_agg(coalesce(s.trait_id, 0) order by v.value, v.event_timestamp, v.event_id) as source_traits,
       array_agg(coalesce(c.trait_id, 0) order by v.value, v.event_timestamp, v.event_id) as client_traits,
       array_agg(coalesce(l.trait_id, 0) order by v.value, v.event_timestamp, v.event_id) as place_traits,
       array_agg(v.minute order by v.value, v.event_timestamp, v.event_id) as minutes
from (
  select e.site_id, e.is_bot, e.event_name as measure, e.value::float8 as value, e.event_timestamp, e.event_id,
         trait_key('page', array[nullif(e.page_path, '')]) as page_key,
         trait_key('source', array[e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign]) as source_key,
         trait_key('client', array[e.device_type, e.browser, e.os, (e.user_id is not null)::text]) as client_key,
         trait_key('place', array[e.country, e.region, e.city]) as place_key,
         trunc(date_part('epoch', e.event_timestamp - first_moment($3::date, $2::text)) / 60)::smallint as minute
  from events_of_day($1::int, $2::text, $3::date) e
  join speed_measures() m on m.measure = e.event_name
  where e.event_type = 'web_vital' and e.value is not null
  offset 0
) v
left join session_traits p on p.company_id = $1::int and p.trait_key = v.page_key
left join session_traits s on s.company_id = $1::int and s.trait_key = v.source_key
left join session_traits c on c.company_id = $1::int and c.trait_key = v.client_key
left join session_traits l on l.company_id = $1::int and l.trait_key = v.place_key
group by v.site_id, v.is_bot, v.measure
