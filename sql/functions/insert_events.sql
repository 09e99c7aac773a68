-- Inserts the staged events, all of which have to be new: unique_violation otherwise. Half the work of `on conflict do
-- nothing`, which looks every key up beforehand and writes each row's confirmation to the WAL. In the order of the log,
-- without a sort: should two partitions hold the same events in different orders, one is the victim of a deadlock and tries
-- again.
create or replace function insert_events(p_shard int) returns void language sql as $$
  insert into stored_events select * from staged_events(p_shard)
$$;
