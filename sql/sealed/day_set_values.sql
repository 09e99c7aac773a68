-- The values of each of these sets.
select distinct s.set_key, k.dimension, k.value_key
from (
  select happened_set_key as set_key, min(happened_keys) as keys from day_value_sets group by 1
  union all
  select seen_set_key, min(seen_keys) from day_value_sets group by 1
) s
cross join lateral unnest(s.keys) e (key)
join day_kinds k on k.key = e.key
