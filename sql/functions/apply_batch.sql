-- Stores a batch exactly once: one statement, one transaction. The compare-and-set of epoch and offset comes first; then
-- the events, and from the newly inserted ones alone the sessions and rollups. Each step is a function beside this one.
--   p_first, p_next  the batch holds the records p_first <= offset < p_next
--   p_anchor         hash of the record at p_next - 1
--   p_extra          {"taken": [[company, minute in ms, count], …], "dead": [dead letter, …], "states": [visitor state, …],
--                     "agents": [user agent, …], "received_to_us": microseconds, "high": the log's end}
-- Answers 'applied' with counts of events, or 'fenced': another worker owns the partition, nothing was written.
create or replace function apply_batch(
  p_topic text, p_partition int, p_epoch bigint, p_first bigint, p_next bigint, p_anchor bytea, p_extra jsonb
) returns table (outcome text, stored int, duplicate int, dead_letter int) language plpgsql as $$
declare
  v_duplicate int;
  v_touched touched_moment[];
begin
  update ingest_partition p
  set next_offset = p_next,
      anchor = p_anchor,
      -- Never in the future, whatever a record written to the log by a stranger says.
      received_to = greatest(p.received_to, least(clock_timestamp(),
        to_timestamp((p_extra ->> 'received_to_us')::double precision / 1e6))),
      high_seen = (p_extra ->> 'high')::bigint,
      updated_at = clock_timestamp()
  where p.topic = p_topic and p.partition = p_partition and p.epoch = p_epoch and p.next_offset = p_first;
  if not found then
    perform empty_stage();
    return query select 'fenced', 0, 0, 0;
    return;
  end if;

  v_duplicate := store_events(p_partition);
  dead_letter := store_dead_letters(p_topic, p_partition, p_extra -> 'dead');
  perform store_user_agents(p_extra -> 'agents');
  perform add_balance(p_partition, p_extra);
  perform add_company_marks(p_partition);
  perform add_events_hourly(p_partition);
  select count(*) into stored from stage_events;
  select array_agg(row(company_id, site_id, event_timestamp)::touched_moment) into v_touched
  from stage_events where event_timestamp < late_before();
  -- From here on the stage holds only what has still to be added to sessions and visitors.
  -- While there are few sessions the planner, that knows nothing yet, may take another index than their key for it, and keep
  -- that plan until the stage is truncated, some fifty batches on, when they are many.
  if pg_relation_size('sessions') > 1024 * 1024 then
    v_touched := v_touched || add_to_known_sessions();
  end if;
  v_touched := v_touched || add_sessions();
  perform add_visitor_days(p_partition);
  perform store_visitor_states(p_extra -> 'states');
  perform empty_stage();
  if v_touched is not null then
    perform reopen_days(v_touched);
  end if;
  outcome := 'applied';
  duplicate := v_duplicate;
  return next;
end
$$;
