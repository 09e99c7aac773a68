-- How do the people who enter a funnel get on, interval by interval, counted from events one by one?
--
-- A person enters with an event of the first step from $3 to $4 and goes on with later events, in their order (time, sequence,
-- id), as long as $8 says: one event is one step. Who enters several times counts with the attempt that gets furthest, the earliest of these.
-- The walk is sql/functions/funnel_path.sql.
-- reached: how many of those who entered in the interval reached each step, the first one first.
-- The zone's clocks make the intervals, so an hour that they repeat is two, and one they leave out is none. The first and the last
-- interval are cut at the ends of the period; from_time is inclusive and to_time exclusive. Intervals without persons are rows
-- of zeros.
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
-- $13 unit text: hour, day, week or month, in the same time zone
-- version: 1
-- reads: user_events by primary key, from the start to the end and the window
-- psql: (echo prepare q as; cat sql/metrics/funnel_trend_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '{signup,page_view}', 'visitor', 604800, false, '{-1,-1}', 'UTC', null, 'day');") | psql
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
starts as materialized (
  select date_trunc('hour', at, $11::text) as start
  from generate_series(date_trunc('hour', $3::timestamptz, $11::text), $4::timestamptz - interval '1 microsecond',
                       interval '15 minutes') at
  where $13::text = 'hour'
  union
  select first_moment(midnight, $11::text)
  from generate_series(date_trunc($13::text, $3::timestamptz at time zone $11::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $11::text, ('1 ' || $13::text)::interval) midnight
  where $13::text <> 'hour'
),
thresholds as materialized (select array_agg(start order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
counted as (
  select width_bucket(step_times[1], (select starts from thresholds)) as place, step, count(*) as persons
  from paths
  cross join lateral generate_series(1, cardinality(step_times)) as step
  where $12::text is null or group_value = $12::text
  group by 1, step
)
select from_time, to_time, to_json(array_agg(coalesce(persons, 0) order by step)) as reached
from intervals
cross join generate_series(1, cardinality($6::text[])) as step
left join counted using (place, step)
group by place, from_time, to_time
order by place;
