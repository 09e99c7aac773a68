-- Where was my event stored?
--
-- The stored event with this id and its place on the log. Asked first for the day around the time inside a UUID of
-- version 7, then for all times. A sender that changed the event's time between retries has several: the first received.
--
-- $1 company_id integer: the company
-- $2 event_id uuid: id of the event
-- $3 from_time timestamp with time zone: event time, inclusive
-- $4 to_time timestamp with time zone: event time, exclusive
-- version: 1
-- reads: user_events by primary key: the period's part of it, searched for the id within the index
-- psql: (echo prepare q as; cat sql/metrics/find_event.sql; echo "execute q(1, '0197a3c2-0000-7000-8000-000000000001', '-infinity', 'infinity');") | psql
select event_id, event_timestamp, event_type, event_name, site_id, session_id, visitor_id, user_id, page_url, device_type,
       browser, os, country, region, city, channel, is_bot, bot_reason,
       metadata, received_at, log_partition, log_offset
from user_events
where company_id = $1::int and event_id = $2::uuid and event_timestamp >= $3::timestamptz
  and event_timestamp < $4::timestamptz
order by received_at, log_partition, log_offset
limit 1;
