-- Inserts the staged events, all of which have to be new: unique_violation otherwise. Half the work of `on conflict do
-- nothing`, which looks every key up beforehand and writes each row's confirmation to the WAL. In the order of the log,
-- without a sort: should two partitions hold the same events in different orders, one is the victim of a deadlock and tries
-- again.
create or replace function insert_events(p_shard int) returns void language sql as $$
  insert into stored_events (
    company_id, event_timestamp, event_id, site_id, log_partition, log_offset, received_at, sequence, is_bot,
    text_repaired, event_type, event_name, session_id, visitor_id, user_id, page_url, page_path, page_title,
    last_page_url, referrer_domain, channel, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
    element_selector, element_text, element_type, target_url, agent_key, ip_address, country, region, city,
    language, time_zone, screen, viewport, x_coordinate, y_coordinate, value, duration_ms, load_ms,
    session_duration_seconds, sent_skew_ms, bot_reason, experiments, metadata
  )
  select
    company_id, event_timestamp, event_id, site_id, p_shard, log_offset, received_at, sequence, is_bot,
    text_repaired, event_type, event_name, session_id, visitor_id, user_id, page_url, page_path, page_title,
    last_page_url, referrer_domain, channel, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
    element_selector, element_text, element_type, target_url, agent_key, ip_address, country, region, city,
    language, time_zone, screen, viewport, x_coordinate, y_coordinate, value, duration_ms, load_ms,
    session_duration_seconds, sent_skew_ms, bot_reason, experiments, metadata
  from stage_events
$$;
