-- Computes the rows of sealed_ways of a day: $1 company, $2 time zone, $3 day. name_ways() comes before. An event that a writer
-- brought since then is left out: he took the day's mark away, and it will not be sealed.
with
happened as materialized (
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.session_id, 0) as session_key,
         hashtextextended(e.user_id, 0) as user_key, texts_key(e.event_type, e.event_name, e.page_path) as code_key,
         texts_key(e.device_type, e.browser, e.os) as client_key, e.device_type, e.browser, e.os, e.user_id is not null as is_signed_in,
         texts_key(e.country, e.region, e.city) as place_key, e.country, e.region, e.city,
         way_moment($3::date, e.event_timestamp,
           row_number() over (partition by e.event_timestamp order by e.sequence, e.event_id) - 1) as moment
  from events_of_day($1::int, $2::text, $3::date) e
),
clients as materialized (
  select c.client_key, c.is_signed_in, x.trait_id
  from (
    select client_key, is_signed_in, trait_key('client', array[min(device_type collate "C"), min(browser collate "C"), min(os collate "C"), is_signed_in::text]) as trait_key
    from happened group by 1, 2
  ) c
  join session_traits x on x.company_id = $1::int and x.trait_key = c.trait_key
),
places as materialized (
  select p.place_key, x.trait_id
  from (
    select place_key, trait_key('place', array[min(country collate "C"), min(region collate "C"), min(city collate "C")]) as trait_key from happened group by 1
  ) p
  join session_traits x on x.company_id = $1::int and x.trait_key = p.trait_key
)
select bit_or(y.name_bit) as names, bit_or(y.page_bit) as pages, $1::int as company_id, $3::date as day, e.site_id,
       coalesce(c.trait_id, 0) as client_trait, coalesce(p.trait_id, 0) as place_trait, e.is_bot, e.visitor_key, e.session_key, e.user_key,
       array_agg(y.code order by e.moment) as codes, array_agg(e.moment order by e.moment) as moments
from happened e
join way_codes y on y.company_id = $1::int and y.code_key = e.code_key
left join clients c on c.client_key = e.client_key and c.is_signed_in = e.is_signed_in
left join places p on p.place_key = e.place_key
group by e.site_id, e.is_bot, e.visitor_key, e.session_key, e.user_key, c.trait_id, p.trait_id
