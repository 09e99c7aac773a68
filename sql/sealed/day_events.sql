-- The events of a day without their texts; selector_key is 0 of none.
select event_timestamp, event_id, sequence, page_key, code_key, happened_key, seen_key, source_key, client_key, place_key, site_id, minute,
       is_bot, is_view, event_type, visitor_key, session_key, user_key, event_name, value, load_ms,
       case when event_type = 'click' then page_key(nullif(element_selector, '')) end as selector_key
from day_raw
