-- Keeps the records of a batch that did not become events, with their bytes. Returns how many were not kept before.
-- A letter may be there already: an operator set the position back, and the record is read once more. It is then a
-- duplicate, as an event would be. If other bytes lie at its place, the log was made anew: the former log's letter is kept
-- under that log's name and the time it was kept.
create or replace function store_dead_letters(p_topic text, p_partition int, p_dead jsonb) returns int
language plpgsql as $$
declare
  v_count int;
begin
  if coalesce(jsonb_array_length(p_dead), 0) = 0 then
    return 0;
  end if;
  update dead_letters k
  set topic = k.topic || '@' || to_char(k.kept_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  from jsonb_to_recordset(p_dead) as d (company_id int, log_offset bigint, payload text)
  where k.company_id = d.company_id and k.topic = p_topic and k.log_partition = p_partition
    and k.log_offset = d.log_offset and k.payload <> decode(d.payload, 'base64');
  with dead as materialized (
    select * from jsonb_to_recordset(p_dead) as d (
      company_id int, log_offset bigint, site_id int, event_id uuid, reason text, field text, message text,
      received_at_us double precision, payload text, is_record boolean
    )
  ), kept as (
    insert into dead_letters (
      company_id, topic, log_partition, log_offset, site_id, event_id, reason, field, message, received_at,
      payload, is_record
    )
    select
      d.company_id, p_topic, p_partition, d.log_offset, d.site_id, d.event_id, d.reason, d.field, d.message,
      case when d.received_at_us > 0 then to_timestamp(d.received_at_us / 1e6) end, decode(d.payload, 'base64'),
      coalesce(d.is_record, false)
    from dead d
    on conflict do nothing
    returning company_id, log_offset
  ), known as (
    -- The balance counts every letter of the batch as dead; these are duplicates.
    insert into ingest_balance as b (company_id, minute, shard, duplicate, dead_letter)
    select company_id, date_trunc('minute', to_timestamp(coalesce(received_at_us, 0) / 1e6)), p_partition, count(*), -count(*)
    from dead where (company_id, log_offset) not in (select company_id, log_offset from kept) group by 1, 2 order by 1, 2
    on conflict (company_id, minute, shard) do update
    set duplicate = b.duplicate + excluded.duplicate, dead_letter = b.dead_letter + excluded.dead_letter
  )
  select count(*) into v_count from kept;
  return v_count;
end
$$;
