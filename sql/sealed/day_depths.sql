-- How deep the sessions of a day scrolled, by page.
select session_key, page_key, max(coalesce(value, 0)) as depth, site_id, is_bot
from day_events
where event_type = 'scroll' and session_key is not null
group by session_key, page_key, site_id, is_bot
