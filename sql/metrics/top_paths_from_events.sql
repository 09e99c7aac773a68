-- Which paths do visitors take, counted from events one by one?
--
-- The path of a session is its first steps, at most so many; steps, sessions and start as in journeys.sql. A row for each
-- path with at least the least steps: sessions that took it; ended: those that had no further step. Most sessions first,
-- equals by path. The last row, is_total, is of all such paths; paths: how many there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 with_events boolean: custom events are steps too
-- $7 start_step text: where to start, such as "page /pricing"; empty: at the first step
-- $8 places integer: how many steps of a session at most
-- $9 least_places integer: leave out paths with fewer steps
-- $10 row_limit integer: how many rows
-- $11 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: sessions_by_start; user_events by primary key, to the end of the last of these sessions
-- psql: (echo prepare q as; cat sql/metrics/top_paths_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, false, '', 5, 1, 50, 0);") | psql
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
groups as materialized (
  select path, count(*) as sessions, count(*) filter (where steps <= $8::int) as ended
  from (
    select session_id, count(*) as steps,
           array_agg(step order by at, sequence, event_id) filter (where place < first_place + $8::int) as path
    from (
      select *, case when $7::text = '' then 1
                     else min(place) filter (where step = $7::text) over (partition by session_id) end as first_place
      from steps
    ) s
    where place >= first_place
    group by session_id
  ) taken
  where cardinality(path) >= $9::int
  group by path
),
shown as (
  select * from groups order by sessions desc, path collate "C" limit $10::int offset $11::int
)
select is_total, to_json(path) as path, paths, sessions, ended
from (
  select false as is_total, path, null::bigint as paths, sessions, ended from shown
  union all
  select true, '{}', count(*), coalesce(sum(sessions), 0), coalesce(sum(ended), 0) from groups
) rows
order by is_total, sessions desc, path collate "C";
