-- When an event of a sealed day was, from what way_moment() says of it.
create or replace function way_time(p_day date, p_moment bigint) returns timestamptz
language sql stable parallel safe as $$
  select ((p_day - 1)::timestamp at time zone 'UTC') + (p_moment >> 25) * interval '1 microsecond'
$$;
