-- The values of each happened_key and seen_key of a day ('' where events have none), by dimension; that it is any event is one too.
select h.happened_key as key, d.dimension, d.value, value_key(d.dimension, d.value) as value_key
from (
  select happened_key, min(event_type collate "C") as event_type, coalesce(min(event_name collate "C"), '') as event_name
  from day_codes group by 1
) h
cross join lateral (values ('any_event', ''), ('event_type', h.event_type), ('event_name', h.event_name)) d (dimension, value)
union all
select s.seen_key, d.dimension, d.value, value_key(d.dimension, d.value)
from day_seen s
cross join lateral (values
  ('language', coalesce(s.language, '')), ('screen', coalesce(s.screen, '')), ('utm_term', coalesce(s.utm_term, '')),
  ('utm_content', coalesce(s.utm_content, ''))
) d (dimension, value)
