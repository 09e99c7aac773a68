-- The events of a day without their texts; click_on is the key of what on which page was clicked.
select event_timestamp, event_id, sequence, page_key, code_key, happened_key, seen_key, source_key, client_key, place_key, site_id, minute,
       is_bot, is_view, event_type, visitor_key, session_key, user_key, event_name, value, load_ms,
       case when event_type = 'click' and element_selector <> '' then hashtextextended(element_selector, page_key) end as click_on
from day_raw
