-- The values of the rows of value_sets: of each its dimension and key.
create or replace function set_values(p_company_id int)
returns table (set_id int, dimension text, value_key bigint) language sql stable parallel safe rows 10000 as $$
  select s.set_id, v.dimension, v.value_key
  from value_sets s
  cross join lateral unnest(s.dimensions, s.value_keys) v (dimension, value_key)
  where s.company_id = p_company_id
$$;
