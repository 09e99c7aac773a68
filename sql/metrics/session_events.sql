-- What happened in a session?
--
-- Its events in their order: time, sequence, id; bots' too. Shows fewer than asked for when pages and properties together would
-- pass 2 MiB, but at least one; ask again with the key of the last one shown.
--
-- $1 company_id integer: the company
-- $2 session_id text: the session
-- $3 after_time timestamp with time zone: only events after the one with this time; null: all
-- $4 after_sequence bigint: its sequence
-- $5 after_id uuid: its id
-- $6 row_limit integer: how many events
-- version: 1
-- reads: sessions and user_events by primary key, in the time of the session
-- psql: (echo prepare q as; cat sql/metrics/session_events.sql; echo "execute q(1, 'a', null, null, null, 50);") | psql
select event_id, event_timestamp, event_type, event_name, site_id, session_id, visitor_id, user_id, page_url, device_type,
       browser, os, country, region, city, channel, is_bot, metadata, received_at, sequence
from (
  select *, sum(coalesce(octet_length(page_url), 0) + coalesce(octet_length(metadata::text), 0)) over oldest as bytes,
         row_number() over oldest as place
  from (
    select * from user_events
    where company_id = $1::int and session_id = $2::text
      and event_timestamp >= (select started_at from sessions where company_id = $1::int and session_id = $2::text)
      and event_timestamp <= (select ended_at from sessions where company_id = $1::int and session_id = $2::text)
      and ($3::timestamptz is null
           or (event_timestamp, sequence, event_id) > ($3::timestamptz, $4::bigint, $5::uuid))
    order by event_timestamp, sequence, event_id
    limit $6::int
  ) first_ones
  window oldest as (order by event_timestamp, sequence, event_id)
) shown
where bytes <= 2097152 or place = 1
order by place;
