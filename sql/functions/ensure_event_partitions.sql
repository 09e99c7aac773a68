-- Makes the monthly partitions of stored_events from p_back months ago to p_ahead months ahead; returns how many were made.
-- A month for which the default partition already holds events is left there: moving them would rewrite history.
create or replace function ensure_event_partitions(p_back int, p_ahead int) returns int language plpgsql as $$
declare
  v_month timestamptz;
  v_name text;
  v_made int := 0;
begin
  for v_month in
    select generate_series(
      date_trunc('month', now(), 'UTC') - make_interval(months => p_back),
      date_trunc('month', now(), 'UTC') + make_interval(months => p_ahead), interval '1 month')
  loop
    v_name := 'user_events_' || to_char(v_month at time zone 'UTC', '"y"YYYY"m"MM');
    continue when to_regclass(v_name) is not null;
    continue when exists (
      select from user_events_default
      where event_timestamp >= v_month and event_timestamp < v_month + interval '1 month');
    execute format('create table %I (like stored_events including all)', v_name);
    execute format('alter table stored_events attach partition %I for values from (%L) to (%L)',
      v_name, v_month, v_month + interval '1 month');
    v_made := v_made + 1;
  end loop;
  return v_made;
end
$$;
