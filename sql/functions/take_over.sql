-- Takes a partition over: from now on batches of earlier epochs are fenced. Sets the backend that did it, so that a
-- successor can end a frozen one. The epoch is raised before anything is read from the log.
create or replace function take_over(p_topic text, p_partition int, p_owner text)
returns table (epoch bigint, next_offset bigint, anchor bytea) language plpgsql as $$
begin
  insert into ingest_partition (topic, partition) values (p_topic, p_partition) on conflict do nothing;
  return query
    update ingest_partition p
    set epoch = p.epoch + 1,
        owner = p_owner,
        backend_pid = pg_backend_pid(),
        backend_start = (select a.backend_start from pg_stat_activity a where a.pid = pg_backend_pid()),
        updated_at = clock_timestamp()
    where p.topic = p_topic and p.partition = p_partition
    returning p.epoch, p.next_offset, p.anchor;
end
$$;
