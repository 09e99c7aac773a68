-- Dead letters become an inbox: grouped by cause, and judged again once the cause is gone.
alter table dead_letters
  -- The payload is the whole record as it lay on the log, written by a gateway; else it is what the sender sent, which may
  -- look like a record without being one.
  add column is_record boolean not null default false,
  -- When it was last judged again, and with which result.
  add column replayed_at timestamptz,
  add column replayed_outcome text check (replayed_outcome in ('accepted', 'rejected', 'not_replayable'));

-- A row that Postgres refused, and what nobody could read: workers kept the whole record of these.
update dead_letters set is_record = true where reason = 'ROW_UNSTORABLE' or company_id = 0;

-- Groups are counted from the index alone, and a replay walks along it.
create index dead_letters_by_cause on dead_letters (
  company_id, reason, field, kept_at, topic, log_partition, log_offset
) include (replayed_outcome);
