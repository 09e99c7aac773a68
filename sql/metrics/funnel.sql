-- How far do people get on a way of steps?
--
-- A person enters with an event of the first step from $3 to $4 and goes on with later events, in their order (time, sequence,
-- id), as long as $8 says: one event is one step. Who enters several times counts with the attempt that gets furthest, the earliest of these.
-- The walk is sql/functions/funnel_path.sql; who has no event of the third step is spared it: the event that follows an entry says all.
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
-- reads: sealed_ways, from the start to the end and the window; way_codes, sealed_event_counts, sealed_event_values, breakdown_repeats, sealed_sessions_by_visitor; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/funnel.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '{signup,page_view}', 'visitor', 604800, false, '{-1,-1}', 'UTC', 50, 0);") | psql
with
-- Persons enter in the first span, and go on into the second. Users and sessions are followed over all sites, and events of one moment
-- have their order among those of a time zone: a company of several has nothing else sealed for them.
parts as materialized (
  select s.may_enter, p.is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, p.sites, p.is_listed
  from (values (true, $3::timestamptz, $4::timestamptz), (false, $4::timestamptz, $4::timestamptz + make_interval(secs => $8::int)))
    s (may_enter, from_time, to_time)
  cross join lateral period_parts($1::int, s.from_time, s.to_time) p
  where $7::text = 'visitor' or (select count(*) = 1 from company_zones($1::int))
  union all
  select true, false, $3::timestamptz, $4::timestamptz + make_interval(secs => $8::int), null, null, '{}', false
  where $7::text <> 'visitor' and (select count(*) > 1 from company_zones($1::int))
),
-- Which steps the events of each code can be; -1: passed over. Codes are counted up from 1, so that steps are looked up by place.
codes as materialized (
  select event_type, event_name, name_bit, page_bit, code,
         case when steps <> 0 or $9::bool and event_type <> 'web_vital' then steps else -1 end as steps
  from (
    select k.code, k.event_type, k.event_name, k.name_bit, k.page_bit,
           steps_by_name($6::text[], coalesce(k.event_name, k.event_type)) /* steps: events k */ as steps
    from way_codes k
    where k.company_id = $1::int
    offset 0
  ) k
),
-- Whoever gets to the second step has both: those who have the rarer one are looked at event by event. Which one that is is guessed from
-- sums, in which events have no page: some pages of a name are more often seen than others.
rarer as materialized (
  select case when sum(c.events * n.firsts) > sum(c.events * n.seconds) then 2 else 1 end as step
  from (
    select event_type, coalesce(event_name, '') as event_name,
           sqrt(count(*) filter (where steps > 0 and steps & 1 <> 0) / count(*)::float8) as firsts,
           sqrt(count(*) filter (where steps > 0 and steps & 2 <> 0) / count(*)::float8) as seconds
    from codes
    where name_bit & (select bit_or(name_bit) from codes where steps > 0 and steps & 3 <> 0) <> 0
    group by 1, 2
  ) n
  join (
    select c.event_type, c.event_name, sum(c.events) as events
    from parts p
    join sealed_event_counts c on c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
    where p.is_sealed and p.may_enter
    group by 1, 2
  ) c using (event_type, event_name)
),
masks as materialized (
  select bit_or(name_bit) filter (where steps >= 0) as names, bit_or(page_bit) filter (where steps >= 0) as pages,
         bit_or(name_bit) filter (where steps > 0 and steps & 1 <> 0) as entry_names,
         bit_or(page_bit) filter (where steps > 0 and steps & 1 <> 0) as entry_pages,
         bit_or(name_bit) filter (where steps > 0 and steps & (select step from rarer) <> 0) as rarer_names,
         bit_or(page_bit) filter (where steps > 0 and steps & (select step from rarer) <> 0) as rarer_pages,
         array_agg(steps order by code) as steps
  from codes
),
-- Whether a row with one of the entry's names has an entry, because its bits stand for nothing else; and the codes of entries, if they
-- are so few that comparing each is quick.
entries as materialized (
  select bool_and(steps > 0 and steps & 1 <> 0) as are_whole,
         case when count(*) filter (where steps > 0 and steps & 1 <> 0) <= 16
              then array_agg(code) filter (where steps > 0 and steps & 1 <> 0) end as codes
  from codes
  where name_bit & (select entry_names from masks) <> 0
),
raw as materialized (
  select person, site_id, is_bot, at, sequence, event_id, steps, may_enter, group_value
  from (
    select hashtextextended(case $7::text when 'user' then e.user_id when 'session' then e.session_id else e.visitor_id end, 0) as person,
           case $7::text when 'visitor' then e.site_id else 0 end as site_id, $7::text = 'visitor' and e.is_bot as is_bot,
           duration_us('epoch', e.event_timestamp) as at, e.sequence, e.event_id, e.event_type,
           steps_by_name($6::text[], coalesce(e.event_name, e.event_type)) /* steps: events e */ as steps,
           p.may_enter and e.event_timestamp < $4::timestamptz and true /* filters: events e */ as may_enter,
           '' /* by: events e */ as group_value
    from parts p
    cross join lateral (
      select * from user_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time offset 0) e
    where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
  ) e
  where person is not null and (steps <> 0 or $9::bool and event_type <> 'web_vital')
),
-- By their key alone: who is on several sites has a way on each, and all of them are looked at. The days are said roughly first,
-- so that Postgres knows how many rows there are, and shares them among its processes.
seeds as materialized (
  select w.person
  from (
    select case $7::text when 'user' then w.user_key when 'session' then w.session_key else w.visitor_key end as person,
           w.site_id, w.day, true /* filters: sealed w */ as may_enter
    from sealed_ways w
    where w.company_id = $1::int
      and w.day >= ($3::timestamptz at time zone 'UTC')::date - 1
      and w.day <= (($4::timestamptz + make_interval(secs => $8::int)) at time zone 'UTC')::date + 1
      and w.names & (select rarer_names from masks) <> 0 and w.pages & (select rarer_pages from masks) <> 0
      and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
    offset 0
  ) w
  join parts p on p.is_sealed and w.day >= p.first_day and w.day < p.end_day and (w.site_id = any (p.sites)) = p.is_listed
  where w.person is not null and (p.may_enter and w.may_enter or (select step from rarer) = 2)
  union
  select person from raw
  where steps & (select step from rarer) <> 0 and (may_enter or (select step from rarer) = 2)
),
stepping as materialized (
  select w.person, case $7::text when 'visitor' then w.site_id else 0 end as site_id, $7::text = 'visitor' and w.is_bot as is_bot,
         w.day_at + (w.moment >> 25) as at, w.moment & 33554431 as place, 0 as sequence, null::uuid as event_id, w.steps,
         w.steps & 1 = 1 and w.may_enter as enters, case when w.steps & 1 = 1 and w.may_enter then w.group_value end as group_value
  from (
    select *, ((select steps from masks))[w.code] as steps
    from (
      select w.person, w.site_id, w.is_bot, ((w.day - date 'epoch') - 1) * 86400000000 as day_at, unnest(w.codes) as code,
             unnest(w.moments) as moment, p.may_enter and w.may_enter as may_enter, w.group_value
      from (
        select s.person, w.site_id, w.is_bot, w.day, w.codes, w.moments, true /* filters: sealed w */ as may_enter,
               '' /* by: sealed w */ as group_value
        from unnest((select array_agg(person) from seeds)) s (person)
        join sealed_ways w on case $7::text when 'user' then w.user_key when 'session' then w.session_key else w.visitor_key end = s.person
        where w.company_id = $1::int and w.day >= ($3::timestamptz at time zone 'UTC')::date - 1
          and w.day <= (($4::timestamptz + make_interval(secs => $8::int)) at time zone 'UTC')::date + 1
          and w.names & (select names from masks) <> 0 and w.pages & (select pages from masks) <> 0
          and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
        offset 0
      ) w
      join parts p on p.is_sealed and w.day >= p.first_day and w.day < p.end_day and (w.site_id = any (p.sites)) = p.is_listed
    ) w
    where ((select steps from masks))[w.code] >= 0
    offset 0
  ) w
  union all
  select r.person, r.site_id, r.is_bot, r.at, 0, r.sequence, r.event_id, r.steps, r.steps & 1 = 1 and r.may_enter,
         case when r.steps & 1 = 1 and r.may_enter then r.group_value end
  from raw r
  where r.person in (select person from seeds)
),
-- Most people have no event of the third step: their path is the first entry that an event of the second follows in time, or the first.
further as materialized (
  select person from stepping where steps & 4 <> 0 and cardinality($6::text[]) > 2 or ($10::int[])[2] >= 0
),
followed as (
  select *, case when $9::bool then case when lag(steps) over later & 2 <> 0 then lag(at) over later end
                 else min(at) filter (where steps & 2 <> 0) over later end as next_at
  from (
    -- Who it is in one number, because events are put in order by it.
    select *, person # hashint8extended(site_id * 2 + is_bot::int, 0) as way
    from stepping
    where person not in (select person from further)
  ) s
  window later as (
    partition by way order by at desc, place desc, sequence desc, event_id desc rows between unbounded preceding and 1 preceding)
),
short as (
  select distinct on (way) *
  from (select *, coalesce(next_at - at <= $8::bigint * 1000000, false) as is_followed from followed where enters offset 0) f
  order by way, is_followed desc, at, place, sequence, event_id
),
walked as materialized (
  select *, funnel_path(steps, array(select timestamptz 'epoch' + at * interval '1 microsecond' from unnest(times) with ordinality t (at, place) order by place),
                        enters, cardinality($6::text[]), make_interval(secs => $8::int), $9::bool, $10::int[], $11::text) as path
  from (
    select person, site_id, is_bot, array_agg(steps order by at, place, sequence, event_id) as steps,
           array_agg(at order by at, place, sequence, event_id) as times,
           array_agg(enters order by at, place, sequence, event_id) as enters,
           array_agg(group_value order by at, place, sequence, event_id) as groups,
           array_agg(place order by at, place, sequence, event_id) as places,
           array_agg(event_id order by at, place, sequence, event_id) as ids
    from stepping
    where person in (select person from further)
    group by person, site_id, is_bot
    having bool_or(enters)
  ) people
),
-- Those whose entry is followed, or could be; step_times are microseconds since 1970.
paths as materialized (
  select person, site_id, is_bot, group_value, place as entry_place, event_id as entry_event_id,
         case when is_followed then array[at, next_at] else array[at] end as step_times
  from short
  union all
  select person, site_id, is_bot, groups[path[1]], places[path[1]], ids[path[1]],
         (select array_agg(times[at] order by step) from unnest(path) with ordinality as p (at, step))
  from walked
),
-- The entries of those who have no event of the second step, where that is the rarer one: for each row of sealed_ways the first.
alone as not materialized (
  select w.person, case $7::text when 'visitor' then w.site_id else 0 end as site_id, $7::text = 'visitor' and w.is_bot as is_bot,
         w.group_value, ((w.day - date 'epoch') - 1) * 86400000000 + (w.moment >> 25) as at, w.moment & 33554431 as place,
         0 as sequence, null::uuid as event_id
  from (
    select case $7::text when 'user' then w.user_key when 'session' then w.session_key else w.visitor_key end as person,
           w.site_id, w.is_bot, w.day, '' /* by: sealed w */ as group_value,
           case when ((select steps from masks))[w.codes[1]] > 0 and ((select steps from masks))[w.codes[1]] & 1 <> 0 then w.moments[1] else (
             select min(h.moment) from unnest(w.codes, w.moments) h (code, moment)
             where ((select steps from masks))[h.code] > 0 and ((select steps from masks))[h.code] & 1 <> 0) end as moment
    from sealed_ways w
    where (select step from rarer) = 2 and true /* filters: sealed w */ and w.company_id = $1::int
      and w.day >= ($3::timestamptz at time zone 'UTC')::date - 1 and w.day <= ($4::timestamptz at time zone 'UTC')::date + 1
      and w.names & (select entry_names from masks) <> 0 and w.pages & (select entry_pages from masks) <> 0
      and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
      and ((select are_whole from entries) or case when (select codes from entries) is not null then w.codes && (select codes from entries) else
        exists (select from unnest(w.codes) c where ((select steps from masks))[c] > 0 and ((select steps from masks))[c] & 1 <> 0) end)
    offset 0
  ) w
  cross join lateral (
    select from parts p
    where p.is_sealed and p.may_enter and w.day >= p.first_day and w.day < p.end_day and (w.site_id = any (p.sites)) = p.is_listed limit 1) p
  where w.person is not null and w.person not in (select person from seeds)
  union all
  select person, site_id, is_bot, group_value, at, 0, sequence, event_id
  from raw
  where (select step from rarer) = 2 and steps & 1 <> 0 and may_enter and person not in (select person from seeds)
),
-- Up to here the three files of a funnel are the same: whoever asks them asks of the same paths.
-- What the entry is called where days keep sums of it: visitors of a type or name, or all, without filters and groups. Such visitors are
-- those of the sums, and of days that are not sealed those who were not there before, as in breakdown_of_event_days.sql.
runs as materialized (select * from chained_run($1::int, $3::timestamptz, $4::timestamptz)),
summed as materialized (
  select d.dimension, value_key(d.dimension, d.value) as value_key
  from (
    select count(*) as codes, min(event_type collate "C") as first_type, max(event_type collate "C") as last_type,
           min(event_name collate "C") as first_name, max(event_name collate "C") as last_name
    from codes
    where steps > 0 and steps & 1 <> 0
  ) e
  cross join lateral (
    select 'any_event' as dimension, '' as value where e.codes = (select count(*) from codes)
    union all
    select 'event_type', e.first_type
    where e.first_type = e.last_type and e.codes = (select count(*) from codes where event_type = e.first_type)
    union all
    select 'event_name', e.first_name
    where e.first_name = e.last_name and e.codes = (select count(*) from codes where event_name = e.first_name)
    limit 1
  ) d
  where not false /* grouped */ and not false /* filtered */ and $7::text = 'visitor' and (select step from rarer) = 2
    and not exists (
      select from parts p
      where p.is_sealed and p.may_enter and not exists (
        select from runs r
        where r.sites = p.sites and r.is_listed = p.is_listed and r.first_day = p.first_day and r.end_day = p.end_day))
),
outside as materialized (
  select distinct person, site_id, is_bot from raw where steps & 1 <> 0 and may_enter and exists (select from summed)
),
-- Each is looked for, as all rows of a long run are many more.
inside as materialized (
  select distinct s.visitor_key as person, s.site_id, s.is_bot, s.happened_set
  from (select distinct person from outside) o
  cross join lateral (
    select day, site_id, is_bot, visitor_key, happened_set from sealed_sessions
    where company_id = $1::int and visitor_key = o.person and happened_set <> 0
    union all
    select day, site_id, is_bot, visitor_key, happened_set from sealed_other_values
    where company_id = $1::int and visitor_key = o.person offset 0) s
  join runs r on s.day >= r.first_day and s.day < r.end_day and (s.site_id = any (r.sites)) = r.is_listed
),
sets as materialized (
  select x.set_id
  from value_sets x
  where x.company_id = $1::int and x.set_id in (select happened_set from inside) and exists (
    select from unnest(x.dimensions, x.value_keys) v (dimension, value_key)
    join summed d on d.dimension = 'any_event' or (d.dimension = v.dimension and d.value_key = v.value_key))
),
entered as materialized (
  select '' as group_value,
         coalesce((
           select sum(b.visitors)
           from runs r
           join sealed_event_values b on b.company_id = $1::int and b.dimension = d.dimension and b.value_key = d.value_key
             and b.day >= r.first_day and b.day < r.end_day and (b.site_id = any (r.sites)) = r.is_listed
           where (cardinality($2::int[]) = 0 or b.site_id = any ($2::int[])) and ($5::bool or not b.is_bot)), 0)
         - coalesce((
           select sum(g.up_to[cardinality(g.up_to)] - coalesce(g.up_to[width_bucket(r.first_day - 1, g.previous_days)], 0))
           from runs r
           join breakdown_repeats g on g.company_id = $1::int and g.dimension = d.dimension and g.value_key = d.value_key
             and g.day >= r.first_day and g.day < r.end_day and (g.site_id = any (r.sites)) = r.is_listed
           where (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)), 0)
         + (select count(*) from (
              select person, site_id, is_bot from outside
              except
              select person, site_id, is_bot from inside where happened_set in (select set_id from sets)) o)
         - (select count(*) from paths) as persons
  from summed d
  union all
  select '', count(distinct person # hashint8extended(site_id * 2 + is_bot::int, 0))
  from alone
  where not false /* grouped */ and not exists (select from summed)
  union all
  select group_value, count(*)
  from (
    select (array_agg(group_value order by at, place, sequence, event_id))[1] as group_value
    from alone
    where false /* grouped */
    group by person # hashint8extended(site_id * 2 + is_bot::int, 0)
  ) persons
  group by group_value
  union all
  select group_value, count(*) from paths group by group_value
),
groups as materialized (
  select group_value, sum(persons)::bigint as entered from entered group by group_value having sum(persons) > 0
),
shown as (
  select group_value, row_number() over (order by entered desc, group_value collate "C") as place
  from groups
  order by place
  limit $12::int offset $13::int
),
reached as materialized (
  select group_value, step, (step_times[step] - step_times[greatest(step - 1, 1)]) / 1e6::float8 as seconds,
         (step_times[step] - step_times[1]) / 1e6::float8 as seconds_from_first
  from paths
  cross join lateral generate_series(2, cardinality(step_times)) as step
),
counted as (
  select false as is_total, place, group_value, 1 as step, entered as persons, '{0,0}'::float8[] as quantiles, 0::float8 as median_seconds_from_first
  from groups
  join shown using (group_value)
  union all
  select true, null, null, 1, sum(entered), '{0,0}', 0 from groups having count(*) > 0
  union all
  select false, place, group_value, step, count(*), percentile_cont(array[0.5, 0.9]) within group (order by seconds),
         percentile_cont(0.5) within group (order by seconds_from_first)
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
select a.is_total, a.group_value, a.step, ($6::text[])[a.step] as name, coalesce(c.persons, 0)::bigint as persons,
       c.quantiles[1] as median_seconds, c.quantiles[2] as p90_seconds, c.median_seconds_from_first,
       (select count(*) from groups) as values
from asked a
left join counted c on c.is_total = a.is_total and c.place is not distinct from a.place and c.step = a.step
order by a.is_total, a.place, a.step;
