-- What did one person do?
--
-- The person's events of the period that match, in their order: time, sequence, id. A visitor id may stand for different people
-- on different sites: the row says the site. Shows fewer than asked for when pages and properties together would pass 2 MiB,
-- but at least one; ask again with the key of the last one shown.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: bots too
-- $6 people text: visitors or users
-- $7 person_id text: visitor id or user id
-- $8 after_time timestamp with time zone: only events after the one with this time; null: all
-- $9 after_sequence bigint: its sequence
-- $10 after_id uuid: its id
-- $11 row_limit integer: how many events
-- version: 1
-- reads: visitor_days by primary key, for the days of a visitor; user_events by primary key, in its order
-- psql: (echo prepare q as; cat sql/metrics/user_timeline.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'users', 'u1', null, null, null, 50);") | psql
with
-- A visitor's events lie in the days of visitor_days, which are those of UTC or one beside; of users no such days are kept.
bounds as materialized (
  select greatest($3::timestamptz, $8::timestamptz, min(day)::timestamp at time zone 'UTC' - interval '1 day') as from_time,
         least($4::timestamptz, case when $6::text <> 'users'
           then coalesce(max(day)::timestamp at time zone 'UTC' + interval '2 days', $3::timestamptz) end) as to_time
  from (
    select d.day
    from (select site_id from site where company_id = $1::int union select unnest($2::int[])) s
    join visitor_days d on d.company_id = $1::int and d.site_id = s.site_id and d.is_bot in (false, $5::bool)
      and d.visitor_key = hashtextextended($7::text, 0)
    where $6::text <> 'users'
      and d.day >= (greatest($3::timestamptz, $8::timestamptz) at time zone 'UTC')::date - 1
  ) days
)
select event_id, event_timestamp, event_type, event_name, site_id, session_id, visitor_id, user_id, page_url, device_type,
       browser, os, country, region, city, channel, is_bot, metadata, received_at, sequence
from (
  select *, sum(coalesce(octet_length(page_url), 0) + coalesce(octet_length(metadata::text), 0)) over oldest as bytes,
         row_number() over oldest as place
  from (
    select e.* from user_events e
    where e.company_id = $1::int and e.event_timestamp >= (select from_time from bounds)
      and e.event_timestamp < (select to_time from bounds)
      and case $6::text when 'users' then e.user_id else e.visitor_id end = $7::text
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
      and ($8::timestamptz is null
           or (e.event_timestamp, e.sequence, e.event_id) > ($8::timestamptz, $9::bigint, $10::uuid))
      and true /* filters: events e */
    order by e.event_timestamp, e.sequence, e.event_id
    limit $11::int
  ) first_ones
  window oldest as (order by event_timestamp, sequence, event_id)
) shown
where bytes <= 2097152 or place = 1
order by place;
