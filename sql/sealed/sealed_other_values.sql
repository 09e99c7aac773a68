-- Computes the rows of sealed_other_values of a day: $1 company, $2 time zone, $3 day. name_value_sets() comes before.
select v.visitor_key, $1::int as company_id, $3::date as day, v.site_id,
       coalesce((select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = v.happened_set_key), 0) as happened_set,
       coalesce((select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = v.seen_set_key), 0) as seen_set, v.is_bot
from (
  select g.visitor_key, g.site_id, g.is_bot, value_set_key('happened', array_agg(distinct g.happened_key)) as happened_set_key,
         value_set_key('seen', array_agg(distinct g.seen_key)) as seen_set_key
  from values_of_day($1::int, $2::text, $3::date) g
  left join (
    select hashtextextended(session_id, 0) as session_key, visitor_key, site_id, is_bot
    from sessions_of_day($1::int, $2::text, $3::date) offset 0) s
    on s.session_key = g.session_key and s.visitor_key = g.visitor_key and s.site_id = g.site_id and s.is_bot = g.is_bot
  where g.visitor_key is not null and s.session_key is null
  group by g.session_key, g.visitor_key, g.site_id, g.is_bot
) v
