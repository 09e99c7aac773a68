-- How did traffic go, hour by hour, day by day, week by week or month by month?
--
-- The columns of time_series_from_events.sql, without filters. Sealed days come from their sums, those that two intervals share from the
-- sums of their hours; visitors of whole days, weeks and months from a rollup, if the sites asked for keep the days of the time zone; other whole
-- hours of events from another. The rest comes from events and sessions themselves: days that are not sealed, intervals that the period cuts,
-- visitors of days of another time zone, and days whose hours are not those of the time zone asked for.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone in which intervals begin
-- $7 unit text: hour, day, week or month
-- version: 2
-- reads: rollup_events_hourly, rollup_visitor_gaps, sealed_days, sealed_hours and user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/time_series.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'day');") | psql
with
starts as materialized (
  select distinct date_trunc('hour', at, $6::text) as start, null::date as first_day
  from generate_series(date_trunc('hour', $3::timestamptz, $6::text), $4::timestamptz - interval '1 microsecond',
                       interval '15 minutes') at
  where $7::text = 'hour'
  union all
  (select distinct on (start) start, greatest(midnight::date, ($3::timestamptz at time zone $6::text)::date)
   from generate_series(date_trunc($7::text, $3::timestamptz at time zone $6::text),
                        ($4::timestamptz - interval '1 microsecond') at time zone $6::text, ('1 ' || $7::text)::interval) midnight
   cross join lateral (select first_moment(midnight, $6::text) as start) m
   where $7::text <> 'hour'
   order by start, midnight desc)
),
thresholds as materialized (
  select array_agg(start order by start) as starts, array_agg(first_day order by start) as days from starts
),
-- Whether each site asked for keeps the days of the time zone, and the intervals are days or several.
rolled_up as materialized (
  select $7::text <> 'hour' and not exists (
    select from unnest(case when cardinality($2::int[]) > 0 then $2::int[]
                       else (select coalesce(array_agg(site_id), '{0}') from site where company_id = $1::int) end) asked (site_id)
    left join site s on s.company_id = $1::int and s.site_id = asked.site_id
    where coalesce(s.time_zone, 'UTC') <> $6::text) as by_day
),
-- is_whole: made of whole days. One that the period cuts where nothing is cut off, such as today up to now, is whole too.
intervals as materialized (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time,
         by_day and (start >= $3::timestamptz or not exists (
           select from stored_events e
           where e.company_id = $1::int and e.event_timestamp >= first_moment(first_day, $6::text) and e.event_timestamp < $3::timestamptz))
         and (lead(start) over oldest is not null or not exists (
           select from stored_events e
           where e.company_id = $1::int and e.event_timestamp >= $4::timestamptz and e.event_timestamp < first_moment(last_day + 1, $6::text)))
           as is_whole
  from starts, rolled_up, (select (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date as last_day) ends
  window oldest as (order by start)
),
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- Each sealed day: place is that of the one interval it lies in. If it is shared, it can be of use if its hours are shared by none; and for
-- hours, if each is one of them.
days as materialized (
  select z.sites, z.is_listed, z.day, z.from_time, z.to_time, case when first_place = last_place then first_place end as place,
         case when $7::text = 'hour'
              then starts[first_place] = from_time and starts[last_place] = to_time - interval '1 hour'
                and (last_place - first_place + 1) * interval '1 hour' = to_time - from_time
              else first_place = last_place or last_place = first_place + 1
                and date_part('epoch', starts[last_place] - from_time)::int % 3600 = 0 end as is_of_use
  from (
    select p.sites, p.is_listed, d.day, d.from_time, d.to_time, t.starts, width_bucket(d.from_time, t.starts) as first_place,
           width_bucket(d.to_time - interval '1 microsecond', t.starts) as last_place
    from parts p
    join company_zones($1::int) c on c.sites = p.sites and c.is_listed = p.is_listed
    cross join thresholds t
    cross join generate_series(0, p.end_day - p.first_day - 1) n
    cross join lateral (
      select p.first_day + n as day, first_moment(p.first_day + n, c.time_zone) as from_time,
             first_moment(p.first_day + n + 1, c.time_zone) as to_time) d
    where p.is_sealed
  ) z
),
raw_parts as materialized (
  select from_time, to_time, sites, is_listed from parts where not is_sealed
  union all
  select from_time, to_time, sites, is_listed from days where not is_of_use
),
sums as materialized (
  select coalesce(d.place, width_bucket(d.from_time + t.hour * interval '1 hour', (select starts from thresholds))) as place, t.visitors, t.events,
         t.page_views, t.sessions, t.bounces, t.low_middle, t.high_middle, t.seconds, t.shorter
  from days d
  join sealed_hours t on t.company_id = $1::int and t.is_day = (d.place is not null) and t.day = d.day
    and (t.site_id = any (d.sites)) = d.is_listed
  where d.is_of_use and (cardinality($2::int[]) = 0 or t.site_id = any ($2::int[])) and ($5::bool or not t.is_bot)
),
-- Where visitors are counted one by one, events are too.
read_parts as materialized (
  select from_time, to_time, sites, is_listed from raw_parts where $7::text = 'hour'
  union all
  select from_time, to_time, '{}', false from intervals where $7::text <> 'hour' and not is_whole
),
-- `offset 0` here and below keeps Postgres from reading all events and asking of each whether it lies in such a part.
one_by_one as (
  select place, count(*) filter (where visitor_id is not null) as visitors, sum(events) as events, sum(page_views) as page_views
  from (
    select width_bucket(e.event_timestamp, (select starts from thresholds)) as place, e.site_id, e.is_bot, e.visitor_id,
           count(*) as events, count(*) filter (where e.event_type = 'page_view') as page_views
    from read_parts p
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time offset 0) e
    where (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    group by 1, e.site_id, e.is_bot, e.visitor_id
  ) seen
  group by place
),
-- Hours of the rollup that belong to two intervals, or to the period or a part of it that is not sealed in part.
split_hours as materialized (
  select distinct hour
  from (
    select at, date_trunc('hour', at, 'UTC') as hour
    from (
      select unnest(array[from_time, to_time]) as at from intervals where is_whole
      union all
      select unnest(array[from_time, to_time]) from raw_parts where $7::text <> 'hour'
    ) ends
  ) cut
  where at <> hour
),
-- Events of whole intervals. A visitor of one counts on the first of its days in the interval.
counted as (
  select place, sum(events) as events, sum(page_views) as page_views, sum(visitors) as visitors
  from (
    select place, events, page_views, 0 as visitors from sums
    union all
    select width_bucket(r.hour, (select starts from thresholds)), r.events, case when r.event_type = 'page_view' then r.events else 0 end, 0
    from raw_parts p
    join rollup_events_hourly r on r.company_id = $1::int and r.hour >= p.from_time and r.hour < p.to_time
      and (r.site_id = any (p.sites)) = p.is_listed
    where (select by_day from rolled_up) and r.hour not in (select hour from split_hours)
      and (cardinality($2::int[]) = 0 or r.site_id = any ($2::int[])) and ($5::bool or not r.is_bot)
    union all
    select width_bucket(e.event_timestamp, (select starts from thresholds)), 1, (e.event_type = 'page_view')::int, 0
    from raw_parts p
    join split_hours h on h.hour < p.to_time and h.hour + interval '1 hour' > p.from_time
    cross join lateral (
      select * from stored_events e
      where e.company_id = $1::int and e.event_timestamp >= greatest(h.hour, p.from_time)
        and e.event_timestamp < least(h.hour + interval '1 hour', p.to_time) offset 0) e
    where (select by_day from rolled_up) and (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    union all
    select place, 0, 0, visitors
    from (
      select width_bucket(g.day, (select days from thresholds)) as place, g.previous_day, g.visitors
      from rollup_visitor_gaps g
      where (select by_day from rolled_up) and g.company_id = $1::int and g.day >= (select min(first_day) from starts)
        and g.day <= (($4::timestamptz - interval '1 microsecond') at time zone $6::text)::date
        and (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
    ) gaps
    where previous_day < (select days from thresholds)[place]
  ) of_intervals
  where place in (select place from intervals where is_whole)
  group by place
  union all
  select place, sum(events), sum(page_views), sum(visitors)
  from (
    select place, events, page_views, visitors from sums where $7::text = 'hour'
    union all
    select place, events, page_views, visitors from one_by_one
  ) others
  group by place
),
lengths as materialized (
  select place, second, count(*) as sessions, count(*) filter (where is_bounce) as bounces,
         sum(count(*)) over (partition by place order by second) as up_to, sum(count(*)) over (partition by place) as of_all
  from (
    select width_bucket(s.started_at, (select starts from thresholds)) as place,
           is_bounce(s.page_views, s.interactions) as is_bounce, duration_us(s.started_at, s.ended_at) / 1000000 as second
    from raw_parts p
    cross join lateral (
      select * from sessions s
      where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time offset 0) s
    where (s.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
  ) one_by_one
  group by 1, 2
),
begun as materialized (
  select place, sum(sessions)::bigint as sessions, sum(bounces)::float8 / sum(sessions)::float8 as bounce_rate,
         min(low) as low, max(high) as high
  from (
    select place, sessions, bounces, low_middle as low, high_middle as high from sums where sessions > 0
    union all
    select place, sum(sessions), sum(bounces), min(second) filter (where up_to >= of_all / 2), max(second) filter (where up_to - sessions <= of_all / 2)
    from lengths
    group by place
  ) both_parts
  group by place
),
ranges as materialized (
  select t.place, b.low, t.seconds, t.shorter, width_bucket(b.low - 1, t.seconds) as before, width_bucket(b.high, t.seconds) as last
  from sums t
  join begun b using (place)
  where t.sessions > 0
),
-- The middle of all durations of an interval, or the mean of the two in the middle, lies between the least and the greatest of the middles
-- of its sums: only these durations are counted up, from how many are shorter than all of them.
near as (
  select place, second, up_to - shorter as n, 0 as shorter
  from (
    select place, unnest(seconds[before + 1:last]) as second, unnest(shorter[before + 1:last]) as shorter,
           unnest(shorter[before + 2:last + 1]) as up_to
    from ranges
  ) u
  union all
  select place, low - 1, 0, shorter[before + 1] from ranges
  union all
  select place, second::int, sessions, 0 from lengths
),
-- The window counts equal durations all at once, so they need not be put together before.
middle as (
  select place, (min(second) filter (where up_to >= (sessions + 1) / 2) + min(second) filter (where up_to >= sessions / 2 + 1)) / 2.0::float8
           as median_duration_seconds
  from (select place, second, n, sum(shorter + n) over (partition by place order by second)::bigint as up_to from near) counted_up
  join begun using (place)
  where n > 0
  group by place
)
-- A row for each interval, put together without a join: the planner, who knows little of what is above, would compare each with each.
select max(from_time) as from_time, max(to_time) as to_time, coalesce(sum(visitors), 0)::bigint as visitors,
       coalesce(max(sessions), 0) as sessions, coalesce(sum(page_views), 0)::bigint as page_views, coalesce(sum(events), 0)::bigint as events,
       max(bounce_rate) as bounce_rate, max(median_duration_seconds) as median_duration_seconds
from (
  select place, from_time, to_time, 0 as visitors, null::bigint as sessions, 0 as page_views, 0 as events, null::float8 as bounce_rate,
         null::float8 as median_duration_seconds
  from intervals
  union all
  select place, null, null, visitors, null, page_views, events, null, null from counted
  union all
  select place, null, null, 0, sessions, 0, 0, bounce_rate, null from begun
  union all
  select place, null, null, 0, null, 0, 0, null, median_duration_seconds from middle
) figures
group by place
order by place;
