-- Computes the rows of sealed_sessions of a day: $1 company, $2 time zone, $3 day. name_traits() and name_value_sets() come
-- before. Traits and sets are looked up one by one, whatever the planner knows of a young table; 0 is one that a writer brought since then,
-- who took the day's mark away: it will not be sealed. Rows of one place lie together, because filters look for them by an index.
with
traits as materialized (
  select d.kind, d.key,
         (select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = d.trait_key) as trait_id
  from day_traits d
),
sets as materialized (
  select k.set_key, (select x.set_id from value_sets x where x.company_id = $1::int and x.set_key = k.set_key) as set_id
  from (select distinct set_key from day_set_values) k
)
select s.visitor_key, s.duration_us, $1::int as company_id, $3::date as day, s.site_id, s.events, s.page_views,
       n.trait_id as entry_trait, x.trait_id as exit_trait, o.trait_id as source_trait, c.trait_id as client_trait, p.trait_id as place_trait,
       s.started_minute, s.is_bot, s.is_bounce, coalesce(h.set_id, 0) as happened_set, coalesce(v.set_id, 0) as seen_set
from day_sessions s
join traits n on n.kind = 'page' and n.key = s.entry_key
join traits x on x.kind = 'page' and x.key = s.exit_key
join traits o on o.kind = 'source' and o.key = s.source_key
join traits c on c.kind = 'client' and c.key = s.client_key
join traits p on p.kind = 'place' and p.key = s.place_key
left join day_value_sets k
  on k.session_key = s.session_key and k.visitor_key = s.visitor_key and k.site_id = s.site_id and k.is_bot = s.is_bot
left join sets h on h.set_key = k.happened_set_key
left join sets v on v.set_key = k.seen_set_key
order by place_trait, source_trait, client_trait
