-- How did one page do, interval by interval?
--
-- The columns of page_series_from_events.sql, with filters on place, browser, device, system and signed in or not. Views of sealed days
-- are those of the ways that have the page, entries, exits and bounces come from narrow rows; the rest from events and sessions.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 page text: the page's path
-- $7 time_zone text: zone of the intervals
-- $8 unit text: hour, day, week or month
-- version: 1
-- reads: sealed_days, sealed_session_totals, sealed_ways_by_day, way_codes, sealed_sessions_by_day, session_traits; sessions_by_start, user_events by primary key where days are not sealed
-- psql: (echo prepare q as; cat sql/metrics/page_series.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '/', 'UTC', 'day');") | psql
with
starts as materialized (
  select date_trunc('hour', at, $7::text) as start
  from generate_series(date_trunc('hour', $3::timestamptz, $7::text), $4::timestamptz - interval '1 microsecond',
                       interval '15 minutes') at
  where $8::text = 'hour'
  union
  select first_moment(midnight, $7::text)
  from generate_series(date_trunc($8::text, $3::timestamptz at time zone $7::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $7::text, ('1 ' || $8::text)::interval) midnight
  where $8::text <> 'hour'
),
thresholds as materialized (select array_agg(start order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
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
-- What is read: the period, and until when its sessions go on, in whole days where they are sealed.
span as materialized (
  select coalesce((select s.from_time from sealed s where s.from_time < $3::timestamptz and s.to_time > $3::timestamptz), $3::timestamptz) as from_time,
         coalesce((select s.to_time from sealed s where s.from_time < t.to_time and t.to_time <= s.to_time), t.to_time) as to_time
  from (
    select greatest($4::timestamptz, max(ended_at)) as to_time
    from (
      select ended_at from sealed where from_time < $4::timestamptz
      union all
      select s.ended_at + interval '1 microsecond'
      from gaps g
      cross join lateral (
        select max(s.ended_at) as ended_at
        from sessions s
        where s.company_id = $1::int and s.started_at >= g.from_time and s.started_at < least(g.to_time, $4::timestamptz)
          and s.ended_at >= $4::timestamptz
      ) s
      where g.from_time < $4::timestamptz
        and exists (select from sealed where from_time < $4::timestamptz and to_time > $3::timestamptz)
    ) e
  ) t
),
days as materialized (
  select min(s.day) as first_day, max(s.day) as last_day, array(
           select g.day::date from generate_series(min(s.day)::timestamp, max(s.day)::timestamp, interval '1 day') g (day)
           except select day from sealed) as others
  from sealed s
  cross join span
  where s.from_time >= span.from_time and s.to_time <= span.to_time
),
-- Of each code: 2: a view of the page, 1: of another one.
kinds as materialized (
  select array_agg(kind order by code) as kinds, array_agg(code) filter (where kind = 2) as codes,
         bit_or(name_bit) filter (where kind = 2) as names, bit_or(page_bit) filter (where kind = 2) as pages
  from (
    select code, name_bit, page_bit,
           case when event_type <> 'page_view' then 0 when coalesce(page_path, '') = $6::text then 2 else 1 end as kind
    from way_codes
    where company_id = $1::int
  ) k
),
begun_in_gaps as materialized (
  select hashtextextended(s.session_id, 0) as session_key, s.ended_at
  from span
  join gaps g on g.from_time < span.to_time and g.to_time > span.from_time
  cross join lateral (
    select s.session_id, s.ended_at
    from sessions s
    where s.company_id = $1::int and s.started_at >= greatest(g.from_time, span.from_time) and s.started_at < least(g.to_time, span.to_time)
    offset 0
  ) s
),
-- Views, and whatever else is there of sessions that began on other days.
raw as materialized (
  select *
  from (
    select hashtextextended(e.session_id, 0) as session_key, e.session_id, hashtextextended(e.visitor_id, 0) as visitor_key, e.site_id, e.is_bot,
           e.event_timestamp, e.sequence, e.event_id, e.kind, e.matches
    from span
    join gaps g on g.from_time < span.to_time and g.to_time > span.from_time
    cross join lateral (
      select e.session_id, e.visitor_id, e.site_id, e.is_bot, e.event_timestamp, e.sequence, e.event_id,
             case when e.event_type <> 'page_view' or e.event_timestamp < $3::timestamptz or e.event_timestamp >= $4::timestamptz then 0
                  when coalesce(e.page_path, '') = $6::text then 2 else 1 end as kind,
             true /* filters: events e */ as matches
      from user_events e
      where e.company_id = $1::int and e.event_timestamp >= greatest(g.from_time, span.from_time)
        and e.event_timestamp < least(g.to_time, span.to_time)
      offset 0
    ) e
  ) e
  where kind > 0 or session_key not in (select session_key from begun_in_gaps)
),
known as materialized (
  select * from begun_in_gaps
  union all
  select r.session_key, s.ended_at
  from (
    select distinct session_key, session_id from raw where session_key not in (select session_key from begun_in_gaps)) r
  cross join lateral (select s.ended_at from sessions s where s.company_id = $1::int and s.session_id = r.session_id offset 0) s
),
on_page as materialized (
  select w.session_key
  from sealed_ways w
  where w.company_id = $1::int and w.day >= (select first_day from days) and w.day <= (select last_day from days)
    and w.day <> all ((select others from days)::date[])
    and w.names & (select names from kinds) <> 0 and w.pages & (select pages from kinds) <> 0 and w.session_key is not null
),
-- Of most sessions everything is in one row. These are of several rows.
mixed as materialized (
  select k.session_key, k.ended_at
  from known k
  where k.session_key in (select session_key from on_page) or k.session_key in (select session_key from raw where kind = 2)
  union all
  select w.session_key, null
  from sealed_ways w
  where w.company_id = $1::int and w.day >= (select first_day from days) and w.day <= (select last_day from days)
    and w.day <> all ((select others from days)::date[]) and w.session_key in (select session_key from on_page)
  group by w.session_key
  having count(*) > 1
),
put_together as materialized (
  select w.session_key, w.visitor_key, w.site_id, w.is_bot, way_time(w.day, h.moment) as event_timestamp, h.moment & 33554431 as place,
         0 as sequence, null::uuid as event_id, (select kinds from kinds)[h.code] as kind, w.matches
  from (
    select w.session_key, w.visitor_key, w.site_id, w.is_bot, w.day, w.codes, w.moments, true /* filters: sealed w */ as matches
    from sealed_ways w
    where w.company_id = $1::int and w.day >= (select first_day from days) and w.day <= (select last_day from days)
      and w.day <> all ((select others from days)::date[]) and w.session_key in (select session_key from mixed)
    offset 0
  ) w
  cross join lateral unnest(w.codes, w.moments) h (code, moment)
  union all
  select session_key, visitor_key, site_id, is_bot, event_timestamp, 0, sequence, event_id, kind, matches
  from raw
  where session_key in (select session_key from mixed)
),
together as (
  select v.event_timestamp, coalesce(v.next_view_at, e.ended_at) as next_at, v.session_key, v.visitor_key, v.site_id, v.is_bot
  from (
    select *, lead(event_timestamp) over (partition by session_key order by event_timestamp, place, sequence, event_id) as next_view_at
    from put_together
    where kind > 0 and event_timestamp >= $3::timestamptz and event_timestamp < $4::timestamptz
      and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
  ) v
  join (
    select session_key, greatest(max(p.event_timestamp), max(m.ended_at)) as ended_at
    from put_together p
    join mixed m using (session_key)
    group by session_key
  ) e using (session_key)
  where v.kind = 2 and v.matches
),
apart as (
  select way_time(w.day, w.moments[w.place]) as event_timestamp,
         way_time(w.day, coalesce((
           select w.moments[n.place]
           from (select generate_series(w.place + 1, cardinality(w.codes)) as place offset 0) n
           where (select kinds from kinds)[w.codes[n.place]] > 0
           limit 1
         ), w.moments[cardinality(w.moments)])) as next_at,
         w.session_key, w.visitor_key, w.site_id, w.is_bot
  from (
    select w.session_key, w.visitor_key, w.site_id, w.is_bot, w.day, w.codes, w.moments, unnest(array_positions(w.codes, k.code)) as place
    from sealed_ways w
    cross join unnest((select codes from kinds)) k (code)
    where w.company_id = $1::int and w.day >= (select first_day from days) and w.day <= (select last_day from days)
      and w.day <> all ((select others from days)::date[])
      and w.names & (select names from kinds) <> 0 and w.pages & (select pages from kinds) <> 0
      and (w.session_key is null or w.session_key not in (select session_key from mixed))
      and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot) and true /* filters: sealed w */
    offset 0
  ) w
),
seen as (
  select width_bucket(event_timestamp, (select starts from thresholds)) as place, count(*) as views,
         count(distinct hashint8extended(visitor_key, site_id * 2::bigint + is_bot::int)) as visitors, count(distinct session_key) as sessions,
         (sum(time_us) filter (where time_us > 0))::float8 / 1e6 / nullif(count(*) filter (where time_us > 0), 0)::float8 as time_on_page_seconds
  from (
    select v.*, case when session_key is not null then duration_us(event_timestamp, least(next_at, $4::timestamptz)) end as time_us
    from (
      select * from apart where event_timestamp >= $3::timestamptz and event_timestamp < $4::timestamptz
      union all
      select * from together
      union all
      select event_timestamp, null, null, visitor_key, site_id, is_bot
      from raw
      where session_key is null and kind = 2 and matches
        and (cardinality($2::int[]) = 0 or site_id = any ($2::int[])) and ($5::bool or not is_bot)
    ) v
  ) views
  group by 1
),
parts as materialized (
  select p.*, z.time_zone
  from period_parts($1::int, $3::timestamptz, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
),
traits as materialized (
  select array_agg(trait_id) as traits from session_traits where company_id = $1::int and kind = 'page' and coalesce(page, '') = $6::text
),
begun as (
  select width_bucket(started_at, (select starts from thresholds)) as place, sum(entries) as entries, sum(exits) as exits, sum(bounces) as bounces
  from (
    -- Minute by minute of each day, so that few moments are computed.
    select first_moment(s.day, s.time_zone) + s.started_minute * interval '1 minute' as started_at, s.entries, s.exits, s.bounces
    from (
      select s.day, p.time_zone, s.started_minute, count(*) filter (where s.entry_trait = any ((select traits from traits)::int[])) as entries,
             count(*) filter (where s.exit_trait = any ((select traits from traits)::int[])) as exits,
             count(*) filter (where s.is_bounce and s.entry_trait = any ((select traits from traits)::int[])) as bounces
      from parts p
      join sealed_sessions s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
        and (s.site_id = any (p.sites)) = p.is_listed
      where (s.entry_trait = any ((select traits from traits)::int[]) or s.exit_trait = any ((select traits from traits)::int[]))
        and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
        and true /* filters: sealed s */
      group by 1, 2, 3
    ) s
    union all
    select s.started_at, (s.entry_page = $6::text)::int, (s.exit_page = $6::text)::int,
           (s.entry_page = $6::text and is_bounce(s.page_views, s.interactions))::int
    from parts p
    cross join lateral (
      select s.started_at, s.site_id, coalesce(s.entry_page, '') as entry_page, coalesce(s.exit_page, '') as exit_page, s.page_views, s.interactions
      from sessions s
      where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time
        and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
        and true /* filters: sessions s */
      offset 0
    ) s
    where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
  ) s
  group by 1
)
select from_time, to_time, coalesce(views, 0) as views, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions,
       coalesce(entries, 0) as entries, coalesce(exits, 0) as exits, coalesce(bounces, 0) as bounces, time_on_page_seconds
from intervals
left join seen using (place)
left join begun using (place)
order by place;
