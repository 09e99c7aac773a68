-- Which paths do visitors take?
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
-- reads: sealed_days, sealed_session_totals, sealed_ways_by_day, way_codes; sessions_by_start, user_events by primary key where days are not sealed
-- psql: (echo prepare q as; cat sql/metrics/top_paths.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, false, '', 5, 1, 50, 0);") | psql
with
-- Sealed days of a company that keeps one time zone, and until when sessions that began on them go on at most. With several zones the
-- order of a session's events is not known from sealed days.
sealed as materialized (
  select d.day, d.from_time, d.to_time,
         d.to_time + make_interval(secs => 1 + coalesce(max(t.seconds[cardinality(t.seconds)]), 0)) as ended_at
  from (
    select k.day, first_moment(k.day, k.time_zone) as from_time, first_moment(k.day + 1, k.time_zone) as to_time
    from company_zones($1::int) z
    join sealed_days k on k.company_id = $1::int and k.time_zone = z.time_zone and k.is_sealed
    where (select count(*) from company_zones($1::int)) = 1
  ) d
  left join sealed_session_totals t on t.company_id = $1::int and t.day = d.day
  group by 1, 2, 3
),
-- The times between them, whose rows are read one by one.
gaps as materialized (
  select *
  from (
    select lag(to_time, 1, '-infinity') over (order by day) as from_time, from_time as to_time from sealed
    union all
    select coalesce(max(to_time), '-infinity'), 'infinity' from sealed
  ) g
  where from_time < to_time
),
-- What is read: from the first day of which a session may go on into the period to the end of the last one that began in it, in whole
-- days where they are sealed.
span as materialized (
  select f.from_time, coalesce((select s.to_time from sealed s where s.from_time < t.to_time and t.to_time <= s.to_time), t.to_time) as to_time
  from (select least($3::timestamptz, min(from_time)) as from_time from sealed where from_time < $3::timestamptz and ended_at > $3::timestamptz) f
  cross join (
    select greatest($4::timestamptz, max(ended_at)) as to_time
    from (
      select ended_at from sealed where from_time < $4::timestamptz and to_time > $3::timestamptz
      union all
      select s.ended_at + interval '1 microsecond'
      from gaps g
      cross join lateral (
        select max(s.ended_at) as ended_at
        from sessions s
        where s.company_id = $1::int and s.started_at >= greatest(g.from_time, $3::timestamptz) and s.started_at < least(g.to_time, $4::timestamptz)
      ) s
      where g.from_time < $4::timestamptz and g.to_time > $3::timestamptz
    ) e
  ) t
),
days as materialized (
  select min(s.day) as first_day, max(s.day) as last_day, array(
           select g.day::date from generate_series(min(s.day)::timestamp, max(s.day)::timestamp, interval '1 day') g (day)
           except select day from sealed) as others,
         min(s.day) filter (where s.to_time > $3::timestamptz) as from_day, max(s.day) filter (where s.from_time < $4::timestamptz) as to_day
  from sealed s
  cross join span
  where s.from_time >= span.from_time and s.to_time <= span.to_time
),
-- The steps of sealed days, each with a number; events of one step may have several codes.
codes as materialized (
  select k.code, k.name_bit, k.page_bit, k.step, min(k.code) over (partition by k.step) as number
  from (
    select code, name_bit, page_bit, (case event_type when 'page_view' then 'page ' || coalesce(page_path, '')
             else 'event ' || coalesce(event_name, '') end) collate "C" as step
    from way_codes
    where company_id = $1::int and (event_type = 'page_view' or ($6::bool and event_type = 'custom'))
  ) k
),
masks as materialized (
  select bit_or(name_bit) as names, case when $7::text = '' then -1 else bit_or(page_bit) end as pages,
         (select array_agg(coalesce(c.number, 0) order by k.code) from way_codes k left join codes c on c.code = k.code where k.company_id = $1::int) as numbers
  from codes
  where $7::text = '' or step = $7::text
),
-- Sessions of which something is raw, or that began in a gap before and go on: what they are is known from themselves.
begun as materialized (
  select hashtextextended(s.session_id, 0) as session_key,
         s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
         and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
         and true /* filters: sessions s */ as is_asked
  from span
  join gaps g on g.from_time < span.to_time and (g.to_time > span.from_time or (select from_day <= to_day from days))
  cross join lateral (
    select *
    from sessions s
    where s.company_id = $1::int and s.started_at >= g.from_time and s.started_at < least(g.to_time, span.to_time)
      and s.ended_at >= span.from_time
    offset 0
  ) s
),
raw as materialized (
  select hashtextextended(e.session_id, 0) as session_key, e.session_id, e.event_timestamp, e.sequence, e.event_id, e.step
  from span
  join gaps g on g.from_time < span.to_time and g.to_time > span.from_time
  cross join lateral (
    select e.session_id, e.event_timestamp, e.sequence, e.event_id,
           case when e.event_type = 'page_view' then 'page ' || coalesce(e.page_path, '')
                when $6::bool and e.event_type = 'custom' then 'event ' || coalesce(e.event_name, '') end as step
    from stored_events e
    where e.company_id = $1::int and e.event_timestamp >= greatest(g.from_time, span.from_time)
      and e.event_timestamp < least(g.to_time, span.to_time) and e.session_id is not null
    offset 0
  ) e
  where e.step is not null or hashtextextended(e.session_id, 0) not in (select session_key from begun)
),
known as materialized (
  select * from begun
  union all
  select r.session_key, s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
         and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
         and true /* filters: sessions s */
  from (
    select distinct session_key, session_id from raw where session_key not in (select session_key from begun)) r
  cross join lateral (select * from sessions s where s.company_id = $1::int and s.session_id = r.session_id offset 0) s
),
-- Of most sessions everything is in one row. These are of several rows.
mixed as materialized (
  select session_key, is_asked from known
  union all
  select w.session_key, null
  from sealed_ways w
  where w.company_id = $1::int and w.day >= (select first_day from days) and w.day <= (select last_day from days)
    and w.day <> all ((select others from days)::date[]) and w.session_key is not null
  group by w.session_key
  having count(*) > 1 and w.session_key not in (select session_key from known)
),
numbers as materialized (
  select distinct step, number from codes
  union all
  select step, (select coalesce(max(code), 0) from way_codes where company_id = $1::int) + (row_number() over ())::int
  from (
    select distinct r.step
    from raw r
    where r.step is not null and r.step not in (select step from codes)
  ) r
),
put_together as (
  select w.session_key, w.site_id, w.is_bot, w.is_asked, way_time(w.day, h.moment) as event_timestamp,
         (h.moment & 33554431) as place, 0 as sequence, null::uuid as event_id, (select numbers from masks)[h.code] as number,
         (select k.page_path is null from way_codes k where k.company_id = $1::int and k.code = h.code) as is_pageless
  from (
    select w.session_key, w.site_id, w.is_bot, w.day, w.codes, w.moments, true /* filters: sealed w */ as is_asked
    from sealed_ways w
    where w.company_id = $1::int and w.day >= (select first_day from days) and w.day <= (select last_day from days)
      and w.day <> all ((select others from days)::date[]) and w.session_key in (select session_key from mixed where is_asked is not false)
    offset 0
  ) w
  cross join lateral unnest(w.codes, w.moments) h (code, moment)
  union all
  select r.session_key, null, null, null, r.event_timestamp, 0, r.sequence, r.event_id, n.number, null
  from raw r
  join numbers n on n.step = r.step
  where r.session_key in (select session_key from known where is_asked)
),
together as (
  select array_agg(number order by event_timestamp, place, sequence, event_id) filter (where number > 0) as path
  from put_together p
  group by p.session_key
  having p.session_key in (select session_key from known)
    or min(event_timestamp) >= $3::timestamptz and min(event_timestamp) < $4::timestamptz
       and (array_agg(is_asked and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
              order by is_pageless, event_timestamp, place))[1]
),
apart as (
  select array(select n.number from (select (select numbers from masks)[unnest(w.codes)] as number offset 0) n where n.number > 0) as path
  from sealed_ways w
  where w.company_id = $1::int and w.day >= (select from_day from days) and w.day <= (select to_day from days)
    and w.day <> all ((select others from days)::date[])
    and w.names & (select names from masks) <> 0 and w.pages & (select pages from masks) <> 0
    and (w.day > (select from_day from days) or way_time(w.day, w.moments[1]) >= $3::timestamptz)
    and (w.day < (select to_day from days) or way_time(w.day, w.moments[1]) < $4::timestamptz)
    and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot) and true /* filters: sealed w */
    and w.session_key is not null and w.session_key not in (select session_key from mixed)
),
-- Repeats left out. Short paths are looked at as they are: that is faster than to unpack them.
paths as (
  select path
  from (
    select case when cardinality(path) = 1 or cardinality(path) = 2 and path[1] <> path[2]
                     or cardinality(path) = 3 and path[1] <> path[2] and path[2] <> path[3] then path
                else array(select p.path[n.place] from (select generate_series(1, cardinality(p.path)) as place offset 0) n
                           where n.place = 1 or p.path[n.place] <> p.path[n.place - 1]) end as path
    from (select * from apart union all select * from together) p
    offset 0
  ) p
  where $7::text = '' or (select number from numbers where step = $7::text) = any (path)
),
-- Up to here the three files of ways are the same.
groups as materialized (
  select path[:$8::int] as path, count(*) as sessions, count(*) filter (where cardinality(path) <= $8::int) as ended
  from (
    select case when $7::text = '' then path
                else path[array_position(path, (select number from numbers where step = $7::text)):] end as path
    from paths
    offset 0
  ) p
  -- One row, of which the planner expects a thousand, so that it does not sort paths.
  cross join generate_series(1, least($8::int, 1))
  where cardinality(path) >= $9::int
  group by 1
),
-- Their steps are looked up of as many as are shown, and of those that tie with the last of these.
named as materialized (
  select (select array_agg(n.step order by p.place) from unnest(g.path) with ordinality p (number, place) join numbers n using (number)) as path,
         g.sessions, g.ended
  from groups g
  where g.sessions >= coalesce((
    select sessions from groups order by sessions desc limit 1 offset $10::int + $11::int - 1), 0)
),
shown as (
  select * from named order by sessions desc, path collate "C" limit $10::int offset $11::int
)
select is_total, to_json(path) as path, paths, sessions, ended
from (
  select false as is_total, path, null::bigint as paths, sessions, ended from shown
  union all
  select true, '{}', count(*), coalesce(sum(sessions), 0), coalesce(sum(ended), 0) from groups
) rows
order by is_total, sessions desc, path collate "C";
