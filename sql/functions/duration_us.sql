-- Microseconds from a session's first to its last event.
create or replace function duration_us(p_started_at timestamptz, p_ended_at timestamptz) returns bigint
language sql immutable parallel safe as $$
  select (date_part('epoch', p_ended_at - p_started_at) * 1e6)::bigint
$$;
