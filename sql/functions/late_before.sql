-- Whoever stores or changes something of before this moment says so to reopen_days. Twice as long after a day's end it may be
-- sealed: a clock set back by less than that harms nothing.
create or replace function late_before() returns timestamptz language sql stable parallel safe as $$
  select now() - interval '6 hours'
$$;
