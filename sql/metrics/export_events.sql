-- Which events were stored, one by one?
--
-- Every column of the events of a period, in the order of their key: time, then id. Shows fewer than asked for when their long
-- texts together would pass 2 MiB, but at least one; ask again with the key of the last one shown, until there is none.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: show bots too
-- $6 received_before timestamp with time zone: only events that the gateway received before it
-- $7 after_time timestamp with time zone: only events after the one with this time; a microsecond before the start: all
-- $8 after_id uuid: its id
-- $9 row_limit integer: how many events
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/export_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', true, now(), '2026-10-31', '00000000-0000-0000-0000-000000000000', 50);") | psql
select company_id, event_timestamp, event_id, site_id, log_partition, log_offset, received_at, sequence, is_bot,
       text_repaired, event_type, event_name, session_id, visitor_id, user_id, page_url, page_path, page_title,
       last_page_url, referrer_domain, channel, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
       element_selector, element_text, element_type, target_url, user_agent, ip_address, device_type, browser,
       browser_version, os, os_version, country, region, city, language, time_zone, screen, viewport, x_coordinate,
       y_coordinate, value, duration_ms, load_ms, session_duration_seconds, sent_skew_ms, bot_reason, experiments,
       metadata, unread_bytes
from (
  select *, row_number() over oldest as place,
         sum(coalesce(octet_length(page_url), 0) + coalesce(octet_length(last_page_url), 0)
             + coalesce(octet_length(target_url), 0) + coalesce(octet_length(element_text), 0)
             + coalesce(octet_length(element_selector), 0) + coalesce(octet_length(page_title), 0)
             + coalesce(octet_length(user_agent), 0) + coalesce(octet_length(metadata::text), 0)
             + coalesce(octet_length(unread_bytes), 0)) over oldest as bytes
  from (
    select e.* from user_events e
    where e.company_id = $1::int
      and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
      -- Said again of the time alone, so that months that are done are not opened.
      and e.event_timestamp >= $7::timestamptz and (e.event_timestamp, e.event_id) > ($7::timestamptz, $8::uuid)
      and e.received_at < $6::timestamptz
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and true /* filters: events e */
    order by e.event_timestamp, e.event_id
    limit $9::int
  ) first_ones
  window oldest as (order by event_timestamp, event_id rows unbounded preceding)
) shown
where bytes <= 2097152 or place = 1
order by place;
