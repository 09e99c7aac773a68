-- When an event of a sealed day was, and its place among all events of the day, in one number: the microseconds since the day before by
-- UTC, and in the lower 25 bits how many events of the same moment come before it (sequence, id). Here and in way_time() because the zone
-- of a day need not be known to read it.
create or replace function way_moment(p_day date, p_at timestamptz, p_before bigint) returns bigint
language sql immutable parallel safe as $$
  select (duration_us((p_day - 1)::timestamp at time zone 'UTC', p_at) << 25) + p_before
$$;
