-- Keeps the records of a batch that did not become events, with their bytes. Returns how many.
create or replace function store_dead_letters(p_topic text, p_partition int, p_dead jsonb) returns int
language plpgsql as $$
declare
  v_count int;
begin
  if coalesce(jsonb_array_length(p_dead), 0) = 0 then
    return 0;
  end if;
  insert into dead_letters (
    company_id, topic, log_partition, log_offset, site_id, event_id, reason, field, message, received_at,
    payload, is_record
  )
  select
    d.company_id, p_topic, p_partition, d.log_offset, d.site_id, d.event_id, d.reason, d.field, d.message,
    case when d.received_at_us > 0 then to_timestamp(d.received_at_us / 1e6) end, decode(d.payload, 'base64'),
    coalesce(d.is_record, false)
  from jsonb_to_recordset(p_dead) as d (
    company_id int, log_offset bigint, site_id int, event_id uuid, reason text, field text, message text,
    received_at_us double precision, payload text, is_record boolean
  );
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
