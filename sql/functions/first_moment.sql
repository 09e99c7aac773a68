-- The first moment at which the clocks of a time zone show this time: the first of two where they are set back over it. Where
-- they leave it out, it is as long after they are set forward as the time lies after the first one left out. Plain
-- `at time zone` takes the second of two, and so would leave the first hour of a day to the day before.
create or replace function first_moment(p_local timestamp, p_zone text) returns timestamptz
language sql immutable parallel safe as $$
  select case when (p_local at time zone p_zone - interval '1 hour') at time zone p_zone >= p_local
              then p_local at time zone p_zone - interval '1 hour'
              else p_local at time zone p_zone end
$$;
