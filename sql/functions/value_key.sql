-- The key of a value of a dimension in breakdowns of sealed days.
create or replace function value_key(p_dimension text, p_value text) returns bigint language sql immutable parallel safe as $$
  select hashtextextended(p_value, hashtext(p_dimension)::bigint)
$$;
