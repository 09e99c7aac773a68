-- The staged events as rows of stored_events, in its order of columns. Plain enough for the planner to put it into the query
-- that asks: it costs nothing.
create or replace function staged_events(p_shard int) returns setof stored_events language sql stable as $$
  select
    company_id, site_id, event_timestamp, event_id, log_offset, received_at, sequence, agent_key, value, duration_ms,
    load_ms, session_duration_seconds, p_shard, sent_skew_ms, x_coordinate, y_coordinate, is_bot, text_repaired,
    event_type, event_name, session_id, visitor_id, user_id, page_url, page_path, page_title, last_page_url,
    referrer_domain, channel, utm_source, utm_medium, utm_campaign, utm_term, utm_content, element_selector,
    element_text, element_type, target_url, ip_address, country, region, city, language, time_zone, screen, viewport,
    bot_reason, experiments, metadata, unread_bytes
  from stage_events
$$;
