-- The whole event as it was sent, where it has fields that this version of the contract does not know: a later one can read
-- them. Null, at the cost of a bit, for all others.
alter table stored_events add column unread_bytes bytea;

-- As in 0008, with it.
create or replace view user_events as
select
  e.company_id, e.event_timestamp, e.event_id, e.site_id, e.log_partition, e.log_offset, e.received_at, e.sequence,
  e.is_bot, e.text_repaired, e.event_type, e.event_name, e.session_id, e.visitor_id, e.user_id, e.page_url, e.page_path,
  e.page_title, e.last_page_url, e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign, e.utm_term,
  e.utm_content, e.element_selector, e.element_text, e.element_type, e.target_url, a.user_agent, e.ip_address,
  a.device_type, a.browser, a.browser_version, a.os, a.os_version, e.country, e.region, e.city, e.language, e.time_zone,
  e.screen, e.viewport, e.x_coordinate, e.y_coordinate, e.value, e.duration_ms, e.load_ms, e.session_duration_seconds,
  e.sent_skew_ms, e.bot_reason, e.experiments, e.metadata, e.unread_bytes
from stored_events e
left join user_agents a on a.company_id = e.company_id and a.agent_key = e.agent_key;
