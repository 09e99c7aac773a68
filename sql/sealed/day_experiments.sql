-- In which experiments the visitors of a day were.
select experiments, min(event_timestamp) as first_seen, max(event_timestamp) as last_seen, count(*) as events, visitor_key, site_id, is_bot
from day_raw
where experiments is not null
group by experiments, visitor_key, site_id, is_bot
