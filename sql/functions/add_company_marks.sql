-- Notes of which companies the batch stored something: what was answered them before is no longer so. Called while the stage
-- still holds exactly the new events.
create or replace function add_company_marks(p_shard int) returns void language sql as $$
  insert into company_mark as m (company_id, shard, stored)
  select company_id, p_shard, count(*) from stage_events group by 1 order by 1
  on conflict (company_id, shard) do update set stored = m.stored + excluded.stored
$$;
