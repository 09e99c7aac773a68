-- Makes sure that value_sets has a row for everything that events of the day are of. To be called when day_set_values holds it and before
-- the day's sealed_sessions are computed, by the one who seals: there is only one at a time.
create or replace function name_value_sets(p_company_id int, p_time_zone text, p_day date) returns void language plpgsql as $$
begin
  insert into value_sets (company_id, set_key, dimensions, value_keys)
  select p_company_id, d.set_key, array_agg(d.dimension order by d.dimension, d.value_key), array_agg(d.value_key order by d.dimension, d.value_key)
  from (
    select n.set_key from (select distinct set_key from day_set_values) n
    where (select v.set_id from value_sets v where v.company_id = p_company_id and v.set_key = n.set_key) is null
  ) n
  join day_set_values d on d.set_key = n.set_key
  group by d.set_key
  on conflict do nothing;
end
$$;

-- Former versions read values by these functions.
drop function if exists value_sets_of_day(int, text, date);
drop function if exists values_of_day(int, text, date);
