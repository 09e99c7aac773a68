-- Notes what became of dead letters that were judged again: [[topic, partition, offset, outcome], …]. One that was accepted
-- stays so. Returns how many were noted.
create or replace function mark_replayed(p_company_id int, p_letters jsonb) returns int language plpgsql as $$
declare
  v_count int;
begin
  with judged as (
    select d.company_id, d.topic, d.log_partition, d.log_offset, letter ->> 3 as outcome
    from jsonb_array_elements(p_letters) letter
    join dead_letters d on d.company_id = p_company_id and d.topic = letter ->> 0
      and d.log_partition = (letter ->> 1)::int and d.log_offset = (letter ->> 2)::bigint
    where d.replayed_outcome is distinct from 'accepted'
    order by d.topic, d.log_partition, d.log_offset
    for update of d
  )
  update dead_letters d
  set replayed_at = clock_timestamp(), replayed_outcome = judged.outcome
  from judged
  where d.company_id = judged.company_id and d.topic = judged.topic and d.log_partition = judged.log_partition
    and d.log_offset = judged.log_offset;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
