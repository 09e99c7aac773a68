-- How did one page do, interval by interval, counted from events one by one?
--
-- A row for each interval of the time zone that meets the period, as in time_series_from_events.sql; figures of the views in
-- the interval: views, visitors, sessions (distinct ones), and time_on_page_seconds: mean time from a view to the session's next
-- view in the period, after the last one to the session's last event or the end of the period, over midnight too. entries,
-- exits and bounces as in content.sql, of the sessions that began in it.
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
-- reads: user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/page_series_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, '/', 'UTC', 'day');") | psql
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
seen as (
  select place, count(*) as views, count(distinct (site_id, is_bot, visitor_id)) filter (where visitor_id is not null) as visitors,
         count(distinct session_id) as sessions,
         avg(seconds) filter (where seconds > 0) as time_on_page_seconds
  from (
    select width_bucket(e.event_timestamp, (select starts from thresholds)) as place, e.site_id, e.is_bot, e.visitor_id,
           e.session_id, e.seconds
    from (
      select v.*, case when v.session_id is not null then
               date_part('epoch', least(coalesce(v.next_view_at, s.ended_at), $4::timestamptz) - v.event_timestamp) end as seconds
      from (
        select p.*,
               lead(p.event_timestamp) over (
                 partition by p.session_id order by p.event_timestamp, p.sequence, p.event_id) as next_view_at
        from user_events p
        where p.company_id = $1::int and p.event_timestamp >= $3::timestamptz and p.event_timestamp < $4::timestamptz
          and (cardinality($2::int[]) = 0 or p.site_id = any ($2::int[])) and ($5::bool or not p.is_bot)
          and p.event_type = 'page_view'
      ) v
      left join sessions s on s.company_id = v.company_id and s.session_id = v.session_id
      where coalesce(v.page_path, '') = $6::text
    ) e
    where true /* filters: events e */
  ) views
  group by place
),
begun as (
  select width_bucket(s.started_at, (select starts from thresholds)) as place,
         count(*) filter (where coalesce(s.entry_page, '') = $6::text) as entries,
         count(*) filter (where coalesce(s.exit_page, '') = $6::text) as exits,
         count(*) filter (where coalesce(s.entry_page, '') = $6::text and s.page_views = 1 and s.interactions = 0) as bounces
  from sessions s
  where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
  group by 1
)
select from_time, to_time, coalesce(views, 0) as views, coalesce(visitors, 0) as visitors, coalesce(sessions, 0) as sessions,
       coalesce(entries, 0) as entries, coalesce(exits, 0) as exits, coalesce(bounces, 0) as bounces, time_on_page_seconds
from intervals
left join seen using (place)
left join begun using (place)
order by place;
