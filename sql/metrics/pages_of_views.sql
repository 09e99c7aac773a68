-- Which pages are seen, by whom and for how long, of those views and sessions that have something in common?
--
-- The columns of pages_from_events.sql, with filters on what a session has one value of but for its entry and exit page. Sealed days come
-- from the arrays of their views and from the narrow rows of their sessions, the rest from events and sessions.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: visitors, sessions or events; greatest first, equals by value
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 2
-- reads: sealed_days, sealed_views_by_day, sealed_sessions_by_day, session_traits; user_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/pages_of_views.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
-- On days that are not sealed, day by day; a visit is what a session does on a day, on a site, and as a bot's or not.
recent as materialized (
  select e.of_site, e.event_timestamp, e.sequence, e.event_id, e.page, e.visitor_key, e.visit_key, e.is_view, e.is_match
  from raw_days($1::int, $3::timestamptz, $4::timestamptz) d
  cross join lateral (
    select e.site_id, e.site_id::bigint << 1 | e.is_bot::int as of_site, e.event_timestamp, e.sequence, e.event_id,
           coalesce(e.page_path, '') as page, hashtextextended(e.visitor_id, 0) as visitor_key,
           visit_key(e.session_id, d.day, e.site_id, e.is_bot) as visit_key, e.event_type = 'page_view' as is_view,
           e.event_type = 'page_view' and true /* filters: events e */ as is_match
    from user_events e
    where e.company_id = $1::int and e.event_timestamp >= d.from_time and e.event_timestamp < d.to_time
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    offset 0
  ) e
  where (e.site_id = any (d.sites)) = d.is_listed
),
-- Only visits with a view that matches. `is true`, so that it is no join, which would be planned for one row.
one_by_one as materialized (
  select e.page, e.of_site, e.visitor_key, e.visit_key as session,
         duration_us(e.event_timestamp, coalesce(e.next_view_at, e.ended_at)) as time_us
  from (
    select r.of_site, r.page, r.visitor_key, r.visit_key, r.event_timestamp, r.is_match,
           min(r.event_timestamp) filter (where r.is_view) over later as next_view_at, max(r.event_timestamp) over later as ended_at
    from recent r
    where (r.visit_key in (select visit_key from recent where is_match)) is true
    window later as (
      partition by r.visit_key order by r.event_timestamp desc, r.sequence desc, r.event_id desc
      rows between unbounded preceding and 1 preceding)
  ) e
  where e.is_match
  union all
  select page, of_site, visitor_key, null, null from recent where is_match and visit_key is null
),
-- Pages as numbers: those of traits, and below 0 pages that were not seen on a sealed day.
pages as materialized (
  select p.page, coalesce(x.trait_id, -row_number() over ()::int) as page_id
  from (select distinct page from one_by_one) p
  left join session_traits x on x.company_id = $1::int and x.trait_key = trait_key('page', array[nullif(p.page, '')])
),
-- What happens on a site is told apart from what happens on others, and bots from people (of_site is both), and sessions day by day: all of
-- that goes into keys of 64 bits, because one number is told apart faster than three.
views as (
  select e.page_trait as page_id, e.visitor_key # e.of_site as visitor, e.visits_key # e.session as session, e.time_us
  from (
    select v.site_id::bigint << 1 | v.is_bot::int as of_site, visit_key('', v.day, v.site_id, v.is_bot) as visits_key,
           unnest(v.page_traits) as page_trait, unnest(v.sessions) as session, unnest(v.visitor_keys) as visitor_key,
           unnest(v.times_us) as time_us, unnest(v.source_traits) as source_trait, unnest(v.client_traits) as client_trait,
           v.place_trait
    from parts p
    join sealed_views v on p.is_sealed and v.company_id = $1::int and v.day >= p.first_day and v.day < p.end_day
      and (v.site_id = any (p.sites)) = p.is_listed
    where (cardinality($2::int[]) = 0 or v.site_id = any ($2::int[])) and ($5::bool or not v.is_bot)
      and true /* filters: places v */
  ) e
  where true /* filters: seen e */
  union all
  select p.page_id, e.visitor_key # e.of_site, e.session, e.time_us
  from one_by_one e
  join pages p using (page)
),
-- Sessions that began and ended at a page, of sealed days by its trait.
begun as (
  select s.entry_trait, s.exit_trait, count(*) as sessions
  from parts p
  join sealed_sessions s on p.is_sealed and s.company_id = $1::int and s.day >= p.first_day and s.day < p.end_day
    and (s.site_id = any (p.sites)) = p.is_listed
  where (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sealed s */
  group by grouping sets ((s.entry_trait), (s.exit_trait))
),
ends as (
  select page, sum(entries) as entries, sum(exits) as exits
  from (
    select coalesce(x.page, '') as page, case when b.exit_trait is null then b.sessions else 0 end as entries,
           case when b.exit_trait is null then 0 else b.sessions end as exits
    from begun b
    join session_traits x on x.company_id = $1::int and x.trait_id = coalesce(b.entry_trait, b.exit_trait)
    union all
    select e.page, e.entries, e.exits
    from parts p
    cross join lateral (
      select s.site_id, s.entry_page, s.exit_page
      from sessions s
      where s.company_id = $1::int and s.started_at >= p.from_time and s.started_at < p.to_time
        and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
        and true /* filters: sessions s */
      offset 0
    ) s
    cross join lateral (values (coalesce(s.entry_page, ''), 1, 0), (coalesce(s.exit_page, ''), 0, 1)) e (page, entries, exits)
    where not p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
  ) both_parts
  group by grouping sets ((page), ())
),
names as (
  select trait_id as page_id, coalesce(page, '') as page from session_traits where company_id = $1::int and kind = 'page'
  union all
  select page_id, page from pages where page_id < 0
),
-- Of one page, and of all, whose page_id is null.
counted as (
  select page_id, count(*) as views, count(distinct visitor) as visitors, count(distinct session) as sessions,
         count(*) filter (where time_us > 0) as timed, coalesce(sum(time_us) filter (where time_us > 0), 0) as time_us
  from views
  group by grouping sets ((page_id), ())
),
groups as materialized (
  select page as value, sum(views) as events, sum(visitors) as visitors, sum(sessions) as sessions, sum(timed) as timed,
         sum(time_us) as time_us, sum(entries) as entries, sum(exits) as exits
  from (
    select n.page, c.views, c.visitors, c.sessions, c.timed, c.time_us, 0 as entries, 0 as exits
    from counted c
    left join names n using (page_id)
    union all
    select page, 0, 0, 0, 0, 0, coalesce(entries, 0), coalesce(exits, 0) from ends
  ) counts
  group by page
),
shown as (
  select * from groups
  where value is not null
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
)
select is_total, value, values, visitors, sessions, events, events as page_views, entries, exits,
       time_us::float8 / 1e6 / nullif(timed, 0)::float8 as time_on_page_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, timed, time_us, entries, exits from shown
  union all
  select true, '', (select count(*) from groups where value is not null), visitors, sessions, events, timed, time_us, entries, exits
  from groups
  where value is null
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
