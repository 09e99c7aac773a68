-- The key of a row of value_sets: of its kind and the keys of its values, sorted and each once.
create or replace function value_set_key(p_kind text, p_keys bigint[]) returns bigint language sql stable parallel safe as $$
  select hashtextextended(p_keys::text, hashtext(p_kind)::bigint)
$$;
