-- Which of the steps an event is, by its name: bit n - 1 is set where the n-th of the names is this one.
create or replace function steps_by_name(p_names text[], p_name text) returns int
language sql immutable parallel safe as $$
  select coalesce(bit_or(1 << (place::int - 1)), 0) from unnest(p_names) with ordinality as step (name, place) where name = p_name
$$;
