-- Moves the staged events into stored_events, leaves in stage_events those that were really new, and returns how many were
-- duplicates. A batch without any is the usual case and is tried first; where one had some, the next ones of the same
-- partition probably have too (a sender repeats what it was not told the fate of), and are not tried in vain.
create or replace function store_events(p_shard int) returns int language plpgsql as $$
declare
  v_careful int := coalesce(nullif(current_setting('userflow.careful_batches', true), ''), '0');
begin
  if v_careful > 0 then
    perform set_config('userflow.careful_batches', (v_careful - 1)::text, false);
    return insert_new_events(p_shard);
  end if;
  begin
    perform insert_events(p_shard);
    return 0;
  exception when unique_violation then
    perform set_config('userflow.careful_batches', '20', false);
    return insert_new_events(p_shard);
  end;
end
$$;
