-- Computes the rows of sealed_ways of a day: $1 company, $2 time zone, $3 day. name_traits() and name_ways() come before. An event that a
-- writer brought since then is left out: he took the day's mark away, and it will not be sealed.
with
traits as materialized (
  select d.kind, d.key,
         (select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = d.trait_key) as trait_id
  from day_traits d
  where d.kind in ('client', 'place')
),
codes as materialized (
  select d.code_key, y.code, y.name_bit, y.page_bit
  from day_codes d
  cross join lateral (select * from way_codes y where y.company_id = $1::int and y.code_key = d.code_key offset 0) y
),
-- Few events are of the same moment as another.
ties as materialized (
  select event_timestamp, event_id, row_number() over (partition by event_timestamp order by sequence, event_id) - 1 as before
  from day_events
  where event_timestamp in (select event_timestamp from day_events group by 1 having count(*) > 1)
),
happened as (
  select site_id, is_bot, visitor_key, session_key, user_key, code_key, client_key, place_key, way_moment($3::date, event_timestamp, 0) as moment
  from day_events
  where event_timestamp not in (select event_timestamp from ties)
  union all
  select e.site_id, e.is_bot, e.visitor_key, e.session_key, e.user_key, e.code_key, e.client_key, e.place_key,
         way_moment($3::date, e.event_timestamp, t.before)
  from ties t
  join day_events e on e.event_timestamp = t.event_timestamp and e.event_id = t.event_id
)
select bit_or(y.name_bit) as names, bit_or(y.page_bit) as pages, $1::int as company_id, $3::date as day, e.site_id,
       c.trait_id as client_trait, p.trait_id as place_trait, e.is_bot, e.visitor_key, e.session_key, e.user_key,
       array_agg(y.code order by e.moment) as codes, array_agg(e.moment order by e.moment) as moments
from happened e
join codes y on y.code_key = e.code_key
join traits c on c.kind = 'client' and c.key = e.client_key
join traits p on p.kind = 'place' and p.key = e.place_key
group by e.session_key, e.visitor_key, e.user_key, c.trait_id, p.trait_id, e.site_id, e.is_bot
