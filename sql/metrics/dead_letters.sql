-- What was not stored, and why?
--
-- Dead letters with their bytes, last kept first. Shows fewer than asked for when the bytes together would pass 2 MiB, but
-- at least one.
--
-- $1 company_id integer: the company
-- $2 reason text: only this reason; null: all
-- $3 event_id uuid: only this event; null: all
-- $4 row_limit integer: how many
-- version: 1
-- reads: dead_letters_by_time; with an event id dead_letters_by_event
-- psql: (echo prepare q as; cat sql/metrics/dead_letters.sql; echo "execute q(1, null, null, 50);") | psql
select reason, field, message, event_id, log_partition, log_offset, received_at, kept_at, payload
from (
  select *, sum(octet_length(payload)) over latest as bytes, row_number() over latest as place
  from (
    select * from dead_letters
    where company_id = $1::int and ($2::text is null or reason = $2::text) and ($3::uuid is null or event_id = $3::uuid)
    order by kept_at desc, log_partition, log_offset desc
    limit $4::int
  ) kept
  window latest as (order by kept_at desc, log_partition, log_offset desc)
) shown
where bytes <= 2097152 or place = 1
order by place;
