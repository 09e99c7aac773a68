-- Computes the rows of sealed_other_values of a day: $1 company, $2 time zone, $3 day. name_value_sets() comes before.
select g.visitor_key, $1::int as company_id, $3::date as day, g.site_id,
       coalesce((select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = g.happened_set_key), 0) as happened_set,
       coalesce((select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = g.seen_set_key), 0) as seen_set, g.is_bot
from day_value_sets g
left join day_sessions s
  on s.session_key = g.session_key and s.visitor_key = g.visitor_key and s.site_id = g.site_id and s.is_bot = g.is_bot
where g.visitor_key is not null and s.session_key is null
