-- Who reached a step of a funnel, or got no further, found in events one by one?
--
-- A person enters with an event of the first step from $3 to $4 and goes on with later events, in their order (time, sequence,
-- id), as long as $8 says: one event is one step. Who enters several times counts with the attempt that gets furthest, the earliest of these.
-- The walk is sql/functions/funnel_path.sql.
-- Persons, the latest entry first: step_times: when they reached each step; persons: how many there are on all pages, in the
-- last row, which has no person.
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
-- $12 group_value text: only persons of this group; null: all
-- $13 step integer: those who reached this step
-- $14 dropped boolean: of them only those who got no further
-- $15 before_time timestamp with time zone: only those who entered before the one with this time of entry; null: all
-- $16 before_id uuid: and this event of entry
-- $17 row_limit integer: how many persons
-- version: 1
-- reads: user_events by primary key, from the start to the end and the window
-- psql: (echo prepare q as; cat sql/metrics/funnel_members_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '{signup,page_view}', 'visitor', 604800, false, '{-1,-1}', 'UTC', null, 1, false, null, null, 50);") | psql
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
members as materialized (
  select person, site_id, is_bot, group_value, entry_event_id, step_times
  from paths
  where cardinality(step_times) >= $13::int and (not $14::bool or cardinality(step_times) = $13::int)
    and ($12::text is null or group_value = $12::text)
),
shown as (
  select * from members
  where $15::timestamptz is null or (step_times[1], entry_event_id) < ($15::timestamptz, $16::uuid)
  order by step_times[1] desc, entry_event_id desc
  limit $17::int
)
select person, site_id, is_bot, group_value, entry_event_id, to_json(step_times) as step_times, step_times[1] as entered_at,
       null::bigint as persons
from shown
union all
select null, null, null, null, null, null, null, count(*) from members
order by entered_at desc nulls last, entry_event_id desc;
