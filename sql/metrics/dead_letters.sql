-- What was not stored, and why?
--
-- Dead letters with their bytes, last kept first, without those that a replay has put on the log since. Shows fewer than
-- asked for when the bytes together would pass 2 MiB, but at least one.
--
-- $1 company_id integer: the company
-- $2 reason text: only this reason; null: all
-- $3 event_id uuid: only this event; null: all
-- $4 row_limit integer: how many
-- $5 include_replayed boolean: also those that a replay has put on the log since
-- version: 2
-- reads: dead_letters_by_time; with an event id dead_letters_by_event
-- psql: (echo prepare q as; cat sql/metrics/dead_letters.sql; echo "execute q(1, null, null, 50, false);") | psql
select reason, field, message, event_id, site_id, topic, log_partition, log_offset, received_at, kept_at, payload,
       replayed_at, replayed_outcome
from (
  select *, sum(octet_length(payload)) over latest as bytes, row_number() over latest as place
  from (
    select * from dead_letters
    where company_id = $1::int and ($2::text is null or reason = $2::text) and ($3::uuid is null or event_id = $3::uuid)
      and ($5::boolean or replayed_outcome is distinct from 'accepted')
    order by kept_at desc, log_partition, log_offset desc
    limit $4::int
  ) kept
  window latest as (order by kept_at desc, log_partition, log_offset desc)
) shown
where bytes <= 2097152 or place = 1
order by place;
