-- How far do people get on a way of steps, counted from events one by one?
--
-- A person enters with an event of the first step from $3 to $4 and goes on with later events, in their order (time, sequence,
-- id), as long as $8 says: one event is one step. Who enters several times counts with the attempt that gets furthest, the earliest of these.
-- The walk is sql/functions/funnel_path.sql.
-- One row for each step and group: persons: who reached it; median_seconds, p90_seconds: since the step before, of those who did;
-- median_seconds_from_first: since the entry. Groups are values of the entry's event, the ones entered by most first; the rows with
-- is_total are of all persons and come last; values: how many groups there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start of the time in which persons enter, inclusive
-- $4 to_time timestamp with time zone: its end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 step_names text[]: names of the steps; as the file stands, of the events too: of a custom event its name, else its type
-- $7 person text: visitor, user or session
-- $8 window_seconds integer: how long after the entry a step counts, inclusive
-- $9 strict boolean: each step is the person's very next event; web vitals count only where a step asks for them
-- $10 on_days integer[]: for each step how many days after that of the entry it has to happen; -1: any
-- $11 time_zone text: name of the time zone of these days
-- $12 row_limit integer: how many groups
-- $13 row_offset integer: how many groups to leave out before them
-- version: 1
-- reads: user_events by primary key, from the start to the end and the window
-- psql: (echo prepare q as; cat sql/metrics/funnel_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '{signup,page_view}', 'visitor', 604800, false, '{-1,-1}', 'UTC', 50, 0);") | psql
with
seen as (
  select case $7::text when 'user' then e.user_id when 'session' then e.session_id else e.visitor_id end collate "C" as person,
         case $7::text when 'visitor' then e.site_id else 0 end as site_id, $7::text = 'visitor' and e.is_bot as is_bot,
         e.event_timestamp, e.sequence, e.event_id, e.event_type,
         steps_by_name($6::text[], coalesce(e.event_name, e.event_type)) /* steps: events e */ as steps,
         e.event_timestamp < $4::timestamptz and true /* filters: events e */ as may_enter,
         '' /* by: events e */ as group_value
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz
    and e.event_timestamp < $4::timestamptz + make_interval(secs => $8::int)
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
),
stepping as materialized (
  select person, site_id, is_bot, event_timestamp, sequence, event_id, steps, steps & 1 = 1 and may_enter as enters,
         case when steps & 1 = 1 and may_enter then group_value end as group_value
  from seen
  where person is not null and (steps <> 0 or $9::bool and event_type <> 'web_vital')
),
walked as materialized (
  -- Most people have no event of the second step: their path is where they first enter.
  select *, case when any_steps & 2 = 0 then array[array_position(enters, true)] else funnel_path(
              steps, times, enters, cardinality($6::text[]), make_interval(secs => $8::int), $9::bool, $10::int[], $11::text) end as path
  from (
    select person, site_id, is_bot, bit_or(steps) as any_steps, array_agg(steps order by event_timestamp, sequence, event_id) as steps,
           array_agg(event_timestamp order by event_timestamp, sequence, event_id) as times,
           array_agg(enters order by event_timestamp, sequence, event_id) as enters,
           array_agg(group_value order by event_timestamp, sequence, event_id) as groups,
           array_agg(event_id order by event_timestamp, sequence, event_id) as ids
    from stepping
    where (person, site_id, is_bot) in (select person, site_id, is_bot from stepping where enters)
    group by person, site_id, is_bot
  ) people
),
paths as materialized (
  select person, site_id, is_bot, groups[path[1]] as group_value, ids[path[1]] as entry_event_id,
         case cardinality(path)
           when 1 then array[times[path[1]]]
           else (select array_agg(times[at] order by step) from unnest(path) with ordinality as p (at, step))
         end as step_times
  from walked
),
-- Up to here the three files of a funnel are the same: whoever asks them asks of the same paths.
groups as materialized (
  select group_value, count(*) as entered from paths group by group_value
),
shown as (
  select group_value, row_number() over (order by entered desc, group_value collate "C") as place
  from groups
  order by place
  limit $12::int offset $13::int
),
reached as materialized (
  select group_value, step, date_part('epoch', step_times[step] - step_times[greatest(step - 1, 1)]) as seconds,
         date_part('epoch', step_times[step] - step_times[1]) as seconds_from_first
  from paths
  cross join lateral generate_series(1, cardinality(step_times)) as step
),
counted as (
  select false as is_total, place, group_value, step, count(*) as persons,
         percentile_cont(array[0.5, 0.9]) within group (order by seconds) as quantiles,
         percentile_cont(0.5) within group (order by seconds_from_first) as median_seconds_from_first
  from reached
  join shown using (group_value)
  group by place, group_value, step
  union all
  select true, null, null, step, count(*), percentile_cont(array[0.5, 0.9]) within group (order by seconds),
         percentile_cont(0.5) within group (order by seconds_from_first)
  from reached
  group by step
),
asked as (
  select is_total, place, group_value, step
  from (select false as is_total, place, group_value from shown union all select true, null, null) rows
  cross join generate_series(1, cardinality($6::text[])) as step
)
select a.is_total, a.group_value, a.step, ($6::text[])[a.step] as name, coalesce(c.persons, 0) as persons,
       c.quantiles[1] as median_seconds, c.quantiles[2] as p90_seconds, c.median_seconds_from_first,
       (select count(*) from groups) as values
from asked a
left join counted c on c.is_total = a.is_total and c.place is not distinct from a.place and c.step = a.step
order by a.is_total, a.place, a.step;
