-- Empties stage_events. Deleting keeps the plans of the statements that read it, truncating makes every one of them anew
-- (8 ms of a batch); but deleted rows stay in the file, so a file that has grown is truncated.
create or replace function empty_stage() returns void language plpgsql as $$
begin
  if pg_relation_size('stage_events') > 8 * 1024 * 1024 then
    truncate stage_events, stage_days;
  else
    delete from stage_events;
  end if;
end
$$;
