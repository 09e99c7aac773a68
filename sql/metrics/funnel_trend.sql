-- How do the people who enter a funnel get on, interval by interval?
--
-- A person enters with an event of the first step from $3 to $4 and goes on with later events, in their order (time, sequence,
-- id), as long as $8 says: one event is one step. Who enters several times counts with the attempt that gets furthest, the earliest of these.
-- The walk is sql/functions/funnel_path.sql; who has no event of the third step is spared it: the event that follows an entry says all.
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
-- reads: sealed_ways, from the start to the end and the window; way_codes, sealed_event_counts; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/funnel_trend.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '{signup,page_view}', 'visitor', 604800, false, '{-1,-1}', 'UTC', null, 'day');") | psql
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
thresholds as materialized (select array_agg(duration_us('epoch', start) order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
entered as (
  select step_times[1] as at, step from paths
  cross join lateral generate_series(1, cardinality(step_times)) as step
  where $12::text is null or group_value = $12::text
  union all
  select at, 1
  from (
    select min(at) as at,
           case when false /* grouped */ then (array_agg(group_value order by at, place, sequence, event_id))[1] else '' end as group_value
    from alone
    group by person # hashint8extended(site_id * 2 + is_bot::int, 0)
  ) persons
  where $12::text is null or group_value = $12::text
),
counted as (
  select width_bucket(at, (select starts from thresholds)) as place, step, count(*) as persons
  from entered
  group by 1, step
)
select from_time, to_time, to_json(array_agg(coalesce(persons, 0) order by step)) as reached
from intervals
cross join generate_series(1, cardinality($6::text[])) as step
left join counted using (place, step)
group by place, from_time, to_time
order by place;
