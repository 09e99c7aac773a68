-- What do visitors do before and after a step, counted from events one by one?
--
-- Steps and sessions as in journeys.sql. For each time a session came to the step asked about: direction "before", the step
-- before it, or "start" if it was the session's first; direction "after", the step after it, or "end" if it was the last.
-- times: how often; sessions: in how many. The most frequent of each direction are shown, equals by name, the others as
-- "other". The times of either direction add up to the times of the step.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 with_events boolean: custom events are steps too
-- $7 around_step text: the step asked about, such as "page /pricing"
-- $8 row_limit integer: how many of each direction are shown by name
-- version: 1
-- reads: sessions_by_start; user_events by primary key, to the end of the last of these sessions
-- psql: (echo prepare q as; cat sql/metrics/steps_around_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, false, 'page /', 10);") | psql
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
around as (
  select n.direction, n.neighbour, t.session_id, count(*) as times
  from (
    select session_id, step, lag(step) over in_order as step_before, lead(step) over in_order as step_after
    from steps
    window in_order as (partition by session_id order by at, sequence, event_id)
  ) t
  cross join lateral (
    values ('before', coalesce(t.step_before, 'start')), ('after', coalesce(t.step_after, 'end'))) as n (direction, neighbour)
  where t.step = $7::text
  group by n.direction, n.neighbour, t.session_id
),
ranked as (
  select *, dense_rank() over (partition by direction order by of_neighbour desc, neighbour collate "C") <= $8::int as by_name
  from (select *, sum(times) over (partition by direction, neighbour) as of_neighbour from around) a
)
select direction, step, times, sessions
from (
  select direction, case when by_name then neighbour else 'other' end as step, sum(times) as times,
         count(distinct session_id) as sessions
  from ranked
  group by 1, 2
) rows
order by direction desc, times desc, step collate "C";
