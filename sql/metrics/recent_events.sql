-- What happened last?
--
-- Stored events, newest first by their own time. Shows fewer than asked for when pages and properties together would pass
-- 2 MiB, but at least one; ask again with `before_time`.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 before_time timestamp with time zone: only events before it; null: now
-- $4 include_bots boolean: show bots too
-- $5 row_limit integer: how many events
-- version: 1
-- reads: user_events by primary key, backwards
-- psql: (echo prepare q as; cat sql/metrics/recent_events.sql; echo "execute q(1, '{}', null, false, 50);") | psql
select event_id, event_timestamp, event_type, event_name, site_id, session_id, visitor_id, user_id, page_url, device_type,
       browser, os, country, region, city, channel, is_bot, metadata, received_at
from (
  select *, sum(coalesce(octet_length(page_url), 0) + coalesce(octet_length(metadata::text), 0)) over newest as bytes,
         row_number() over newest as place
  from (
    select e.* from user_events e
    where e.company_id = $1::int and e.event_timestamp < coalesce($3::timestamptz, now())
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($4::bool or not e.is_bot)
      and true /* filters: events e */
    order by e.event_timestamp desc, e.event_id desc
    limit $5::int
  ) latest
  window newest as (order by event_timestamp desc, event_id desc)
) shown
where bytes <= 2097152 or place = 1
order by place;
