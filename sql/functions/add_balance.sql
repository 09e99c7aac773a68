-- Adds a batch to the balance sheet: what was taken (counted by the reader from the records themselves), what was stored
-- (counted here from the new events) and what was kept as dead letters. Duplicates are added by insert_new_events.
create or replace function add_balance(p_shard int, p_extra jsonb) returns void language sql as $$
  insert into ingest_balance as b (company_id, minute, shard, taken, stored, dead_letter)
  select company_id, minute, p_shard, sum(taken), sum(stored), sum(dead_letter)
  from (
    select (t ->> 0)::int as company_id, to_timestamp((t ->> 1)::double precision / 1000) as minute,
           (t ->> 2)::bigint as taken, 0 as stored, 0 as dead_letter
    from jsonb_array_elements(p_extra -> 'taken') t
    union all
    select company_id, date_bin('1 minute', received_at, 'epoch'), 0, count(*), 0 from stage_events group by 1, 2
    union all
    select (d ->> 'company_id')::int,
           date_trunc('minute', to_timestamp(coalesce((d ->> 'received_at_us')::double precision, 0) / 1e6)), 0, 0, 1
    from jsonb_array_elements(p_extra -> 'dead') d
  ) parts
  group by 1, 2
  order by 1, 2
  on conflict (company_id, minute, shard) do update
  set taken = b.taken + excluded.taken,
      stored = b.stored + excluded.stored,
      dead_letter = b.dead_letter + excluded.dead_letter
$$;
