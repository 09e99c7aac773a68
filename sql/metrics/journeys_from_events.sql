-- Which ways do visitors take, step by step, counted from events one by one?
--
-- The steps of a session are its page views, "page /pricing", and its custom events if asked for, "event signup", in the
-- order of time, sequence and id; one that repeats the one before is left out. Sessions are those that began in the period,
-- each with all its steps. With a start, a session counts from its first such step on, and not at all without one; else from
-- its first step. A row says how many sessions went from from_step, their place-th step (the start is the first), to
-- to_step: the step after it; "end": there is none; "more": there is one, but from_step is the last place shown. Of each
-- place the steps_per_place most frequent steps are shown, equals by name, the others as "other". So for every step of every
-- place but the first, the rows that lead to it and those that lead away from it count the same sessions; those of place 1
-- count all.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 with_events boolean: custom events are steps too
-- $7 start_step text: where to start, such as "page /pricing"; empty: at the first step
-- $8 places integer: how many steps
-- $9 steps_per_place integer: how many of each place are shown by name
-- version: 1
-- reads: sessions_by_start; user_events by primary key, to the end of the last of these sessions
-- psql: (echo prepare q as; cat sql/metrics/journeys_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, false, '', 5, 10);") | psql
with
begun as materialized (
  select s.session_id, s.ended_at
  from sessions s
  where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
),
-- As an array: however few sessions the planner expects, it does not read the events once for each.
steps as (
  select session_id, step, at, sequence, event_id,
         row_number() over (partition by session_id order by at, sequence, event_id) as place
  from (
    select e.session_id, e.at, e.sequence, e.event_id, e.step,
           lag(e.step) over (partition by e.session_id order by e.at, e.sequence, e.event_id) as before
    from (
      select v.session_id, v.event_timestamp as at, v.sequence, v.event_id,
             case v.event_type when 'page_view' then 'page ' || coalesce(v.page_path, '')
                               else 'event ' || coalesce(v.event_name, '') end as step
      from user_events v
      where v.company_id = $1::int and v.event_timestamp >= $3::timestamptz
        and v.event_timestamp <= (select max(ended_at) from begun)
        and (v.event_type = 'page_view' or ($6::bool and v.event_type = 'custom'))
        and v.session_id in (select unnest(array(select session_id from begun)))
    ) e
  ) f
  where step is distinct from before
),
-- Up to here the three files of ways are the same.
from_start as (
  select session_id, step, place - first_place + 1 as place,
         lead(step) over (partition by session_id order by at, sequence, event_id) as next_step
  from (
    select *, case when $7::text = '' then 1
                   else min(place) filter (where step = $7::text) over (partition by session_id) end as first_place
    from steps
  ) s
  where place >= first_place and place <= first_place + $8::int
),
links as materialized (
  select place, step, case when next_step is null then 'end' when place = $8::int then 'more' else next_step end as next_step,
         count(*) as sessions
  from from_start
  where place <= $8::int
  group by 1, 2, 3
),
shown as (
  select place, step
  from (
    select place, step, row_number() over (partition by place order by sum(sessions) desc, step collate "C") as rank
    from links
    group by place, step
  ) ranked
  where rank <= $9::int
)
select place, from_step, to_step, sessions
from (
  select place, case when (place, step) in (select place, step from shown) then step else 'other' end as from_step,
         case when next_step in ('end', 'more') or (place + 1, next_step) in (select place, step from shown) then next_step
              else 'other' end as to_step,
         sum(sessions) as sessions
  from links
  group by 1, 2, 3
) rows
order by place, sessions desc, from_step collate "C", to_step collate "C";
