-- Computes the rows of sealed_vitals of a day: $1 company, $2 time zone, $3 day. name_traits() comes before; 0 is a trait that a
-- writer brought since then, who took the day's mark away.
with
traits as materialized (
  select d.kind, d.key,
         (select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = d.trait_key) as trait_id
  from day_traits d
)
select $1::int as company_id, $3::date as day, v.site_id, v.is_bot, v.measure,
       array_agg(v.value order by v.value, v.event_timestamp, v.event_id) as values,
       array_agg(p.trait_id order by v.value, v.event_timestamp, v.event_id) as page_traits,
       array_agg(s.trait_id order by v.value, v.event_timestamp, v.event_id) as source_traits,
       array_agg(c.trait_id order by v.value, v.event_timestamp, v.event_id) as client_traits,
       array_agg(l.trait_id order by v.value, v.event_timestamp, v.event_id) as place_traits,
       array_agg(v.minute order by v.value, v.event_timestamp, v.event_id) as minutes
from (
  select e.site_id, e.is_bot, e.event_name as measure, e.value, e.event_timestamp, e.event_id, e.page_key, e.source_key, e.client_key,
         e.place_key, e.minute
  from day_events e
  join speed_measures() m on m.measure = e.event_name
  where e.event_type = 'web_vital' and e.value is not null
) v
join traits p on p.kind = 'page' and p.key = v.page_key
join traits s on s.kind = 'source' and s.key = v.source_key
join traits c on c.kind = 'client' and c.key = v.client_key
join traits l on l.kind = 'place' and l.key = v.place_key
group by v.site_id, v.is_bot, v.measure
