-- What the events of a day are of, by session and visitor, and the keys of that in value_sets. Visitors without a session too, and sessions
-- without a visitor.
select *, value_set_key('happened', happened_keys) as happened_set_key, value_set_key('seen', seen_keys) as seen_set_key
from (
  select session_key, visitor_key, array_agg(distinct happened_key) as happened_keys, array_agg(distinct seen_key) as seen_keys,
         sum(events)::bigint as events, site_id, is_bot
  from day_values
  group by session_key, visitor_key, site_id, is_bot
) k
