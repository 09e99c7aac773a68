-- The key of a row of session_traits: of its kind and the columns of that kind, in their order.
create or replace function trait_key(p_kind text, p_columns text[]) returns bigint language sql stable parallel safe as $$
  select hashtextextended(p_columns::text, hashtext(p_kind)::bigint)
$$;
