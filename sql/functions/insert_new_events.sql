-- Inserts those of the staged events that are new, and takes the others off the stage: those stored before, and all but the
-- first of an event that is staged twice. Counts them into the balance and returns how many there were. Sorted by key, so
-- that two partitions that hold the same event wait for each other in one order.
create or replace function insert_new_events(p_shard int) returns int language plpgsql as $$
declare
  v_duplicates int;
begin
  with inserted as (
    insert into stored_events
    select * from staged_events(p_shard)
    order by company_id, event_timestamp, event_id, log_offset
    on conflict do nothing
    returning log_offset
  ),
  gone as (
    delete from stage_events e where not exists (select from inserted i where i.log_offset = e.log_offset)
    returning company_id, received_at
  ),
  counted as (
    insert into ingest_balance as b (company_id, minute, shard, duplicate)
    select company_id, date_bin('1 minute', received_at, 'epoch'), p_shard, count(*) from gone group by 1, 2 order by 1, 2
    on conflict (company_id, minute, shard) do update set duplicate = b.duplicate + excluded.duplicate
  )
  select count(*) into v_duplicates from gone;
  return v_duplicates;
end
$$;
