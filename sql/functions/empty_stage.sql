-- Empties stage_events; what is left on stage_days, add_visitor_days deletes before it writes there. Deleting keeps the plans
-- of all statements that read the stage, truncating has every one of them made anew (8 ms of a batch). Two reasons to
-- truncate all the same: deleted rows stay in the file, so a file that has grown starts afresh; and one time in fifty plans
-- are made anew, because one made while sessions or visitors were few must not live on when they are many.
create or replace function empty_stage() returns void language plpgsql as $$
begin
  if pg_relation_size('stage_events') > 8 * 1024 * 1024 or random() < 0.02 then
    truncate stage_events, stage_days;
  else
    delete from stage_events;
  end if;
end
$$;
