-- The events of a day by site, visitor, session and what they are of.
select visitor_key, session_key, happened_key, seen_key, count(*) as events, count(*) filter (where is_view) as page_views, site_id, is_bot
from day_events
group by site_id, is_bot, visitor_key, session_key, happened_key, seen_key
