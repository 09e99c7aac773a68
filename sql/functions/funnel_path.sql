-- How far one person gets in a funnel: the places of the events of the attempt that gets furthest, the earliest of these;
-- null where the person does not enter. This is the one definition that steps, trend and members are counted from.
--
-- p_steps, p_times, p_enters: the person's events in their one order (time, sequence, id): which steps each can be (bit n - 1:
--   step n), when it was, and whether it may be an entry. In strict order all events of the person, else those of any step.
-- p_count: how many steps; p_window: how long after the entry a step counts, inclusive.
-- p_strict: each step is the very next event, else any later one. One event is one step of an attempt.
-- p_days: for each step the day after that of the entry on which it has to lie, by the clocks of p_zone; -1: any.
--
-- The walk goes from the last event to the first entry and keeps for each event and step where the next step is found first. The first
-- event that can be the next step is always the best one: whatever another would lead to, it leads to as well. So the work
-- grows with the events times the steps, however often a person enters.
create or replace function funnel_path(
  p_steps int[], p_times timestamptz[], p_enters boolean[], p_count int, p_window interval, p_strict boolean, p_days int[], p_zone text
) returns int[] language plpgsql immutable parallel safe as $$
declare
  v_events int := cardinality(p_steps);
  v_entry int := array_position(p_enters, true);
  v_next int[];   -- of event i as step k, at (i - 1) * p_count + k: where step k + 1 is next
  v_first int[];  -- the first event of step k behind the present one
  v_from int[];   -- of a step with a day: the first event from that day on
  v_on int[];     -- and the first of the step from there on
  v_path int[];
  v_best int[];
  v_mask int;
  v_at int;
  v_reached int;
  v_day date;
  v_start timestamptz;
begin
  -- Most people enter with their last event: nothing to walk.
  if v_entry is null then return null; end if;
  if v_entry = v_events then return array[v_entry]; end if;
  v_next := array_fill(0, array[case when p_strict then 0 else v_events * p_count end]);
  v_first := array_fill(0, array[p_count + 1]);
  v_from := array_fill(v_events + 1, array[p_count]);
  v_on := array_fill(0, array[p_count]);

  for i in reverse v_events .. v_entry loop
    v_mask := case when p_strict then 0 else p_steps[i] end;
    for k in 1 .. p_count loop
      exit when v_mask = 0;
      if v_mask & 1 = 1 then
        v_next[(i - 1) * p_count + k] := v_first[k + 1];
        v_first[k] := i;
      end if;
      v_mask := v_mask >> 1;
    end loop;
    continue when not p_enters[i];

    v_at := i;
    v_reached := 1;
    v_path := array[i];
    while v_reached < p_count loop
      if p_strict then
        v_at := case when v_at < v_events and p_steps[v_at + 1] & (1 << v_reached) <> 0 then v_at + 1 else 0 end;
      end if;
      if p_days[v_reached + 1] >= 0 then
        v_day := (p_times[i] at time zone p_zone)::date + p_days[v_reached + 1];
        v_start := first_moment(v_day::timestamp, p_zone);
        if p_strict then
          v_at := case when v_at > 0 and p_times[v_at] >= v_start then v_at else 0 end;
        else
          while v_from[v_reached + 1] > 1 and p_times[v_from[v_reached + 1] - 1] >= v_start loop
            v_from[v_reached + 1] := v_from[v_reached + 1] - 1;
            if p_steps[v_from[v_reached + 1]] & (1 << v_reached) <> 0 then
              v_on[v_reached + 1] := v_from[v_reached + 1];
            end if;
          end loop;
          v_at := case when v_on[v_reached + 1] > v_at or v_on[v_reached + 1] = 0 then v_on[v_reached + 1]
                       else v_next[(v_at - 1) * p_count + v_reached] end;
        end if;
        exit when v_at = 0 or p_times[v_at] < v_start or p_times[v_at] >= first_moment((v_day + 1)::timestamp, p_zone);
      elsif not p_strict then
        v_at := v_next[(v_at - 1) * p_count + v_reached];
      end if;
      exit when v_at = 0 or p_times[v_at] - p_times[i] > p_window;
      v_path := v_path || v_at;
      v_reached := v_reached + 1;
    end loop;
    if v_best is null or v_reached >= cardinality(v_best) then v_best := v_path; end if;
  end loop;
  return v_best;
end
$$;
