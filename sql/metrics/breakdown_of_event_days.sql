-- How is all traffic spread over what events differ in?
--
-- The columns of breakdown_of_events.sql, without filters, by type, name, language, screen, campaign term or content. Days that are
-- sealed come from sums of them; of distinct visitors those are taken off who were there on a day before, as docs/decisions/0018 has
-- it for pages. Sessions whose events are all of one day and site are a sum too; the others are told apart by their keys. Who was there
-- outside the longest run of chained days counts if not there in that run, see docs/decisions/0023.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: visitors, sessions or events; greatest first, equals by value
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- $9 dimension text: the dimension of the values, event_type as the file stands
-- version: 1
-- reads: sealed_days, chained_days, sealed_event_values_by_day, breakdown_repeats_by_day, sealed_sessions_by_visitor, sealed_other_values_by_visitor, value_sets; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/breakdown_of_event_days.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0, 'event_type');") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
runs as materialized (select * from chained_run($1::int, $3::timestamptz, $4::timestamptz)),
-- The dimension's sums, and those of all events for the total.
known as materialized (
  select b.*, r.first_day is not null as in_run
  from parts p
  join sealed_event_values b on p.is_sealed and b.company_id = $1::int and b.dimension in ('any_event', $9::text)
    and b.day >= p.first_day and b.day < p.end_day and (b.site_id = any (p.sites)) = p.is_listed
  left join runs r on r.sites = p.sites and r.is_listed = p.is_listed and b.day >= r.first_day and b.day < r.end_day
  where (cardinality($2::int[]) = 0 or b.site_id = any ($2::int[])) and ($5::bool or not b.is_bot)
),
-- Of the visitors of each day of the runs, those who had been there with the value since the run began.
repeated as materialized (
  select g.value_key, sum(g.up_to[cardinality(g.up_to)]
           - coalesce(g.up_to[width_bucket(r.first_day - 1, g.previous_days)], 0)) as visitors
  from runs r
  join breakdown_repeats g on g.company_id = $1::int and g.dimension in ('any_event', $9::text) and g.day >= r.first_day
    and g.day < r.end_day and (g.site_id = any (r.sites)) = r.is_listed
  where (cardinality($2::int[]) = 0 or g.site_id = any ($2::int[])) and ($5::bool or not g.is_bot)
  group by 1
),
one_by_one as materialized (
  select v.*, value_key($9::text, v.value) as value_key
  from (
    select coalesce(e.event_type, '') /* by: events e */ as value, e.site_id, e.is_bot, e.visitor_id, e.session_id,
           count(*) as events, count(*) filter (where e.event_type = 'page_view') as page_views
    from parts p
    cross join lateral (
      select * from user_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time offset 0) e
    where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
      and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    group by 1, e.site_id, e.is_bot, e.visitor_id, e.session_id
  ) v
),
-- Who was there with which value outside the runs: on days that are not sealed, and on sealed ones that are not chained.
unchained as materialized (
  select s.*
  from parts p
  left join runs r on r.sites = p.sites and r.is_listed = p.is_listed and r.first_day >= p.first_day and r.end_day <= p.end_day
  cross join lateral (values
    (p.first_day, coalesce(r.first_day, p.end_day)), (coalesce(r.end_day, p.end_day), p.end_day)) d (first_day, end_day)
  cross join lateral (
    select site_id, is_bot, visitor_key, happened_set, seen_set from sealed_sessions
    where company_id = $1::int and day >= d.first_day and day < d.end_day and happened_set <> 0
    union all
    select site_id, is_bot, visitor_key, happened_set, seen_set from sealed_other_values
    where company_id = $1::int and day >= d.first_day and day < d.end_day offset 0) s
  where p.is_sealed and (s.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
),
outside as materialized (
  select site_id, is_bot, hashtextextended(visitor_id, 0) as visitor_key, value_key from one_by_one where visitor_id is not null
  union
  select u.site_id, u.is_bot, u.visitor_key, v.value_key
  from unchained u
  join value_sets x on x.company_id = $1::int and x.set_id in (u.happened_set, u.seen_set)
  cross join lateral unnest(x.dimensions, x.value_keys) v (dimension, value_key)
  where v.dimension = $9::text
),
-- Those of them who were in a run, and with which sets of values: each is looked for, as all rows of a long run are many more.
inside as materialized (
  select distinct s.site_id, s.is_bot, s.visitor_key,
         case when $9::text in ('event_type', 'event_name') then s.happened_set else s.seen_set end as set_id
  from (select distinct visitor_key from outside) o
  cross join lateral (
    select day, site_id, is_bot, visitor_key, happened_set, seen_set from sealed_sessions
    where company_id = $1::int and visitor_key = o.visitor_key and happened_set <> 0
    union all
    select day, site_id, is_bot, visitor_key, happened_set, seen_set from sealed_other_values
    where company_id = $1::int and visitor_key = o.visitor_key offset 0) s
  join runs r on s.day >= r.first_day and s.day < r.end_day and (s.site_id = any (r.sites)) = r.is_listed
),
inside_values as materialized (
  select distinct i.site_id, i.is_bot, i.visitor_key, v.value_key
  from inside i
  join value_sets x on x.company_id = $1::int and x.set_id = i.set_id
  cross join lateral unnest(x.dimensions, x.value_keys) v (dimension, value_key)
  where v.dimension = $9::text
),
groups as materialized (
  select value_key, max(value) as value, sum(visitors)::bigint as visitors, sum(sessions)::bigint as sessions, sum(events) as events,
         sum(page_views) as page_views
  from (
    select value_key, value, case when in_run then visitors else 0 end as visitors, whole_sessions as sessions, events, page_views
    from known where dimension = $9::text
    union all
    select value_key, null, -visitors, 0, 0, 0 from repeated where value_key <> value_key('any_event', '')
    union all
    select value_key, value, 0, 0, events, page_views from one_by_one
    union all
    select value_key, null, 0, count(*), 0, 0
    from (
      select k.value_key, o.session_key
      from known k
      cross join lateral unnest(k.other_sessions) o (session_key)
      where k.dimension = $9::text
      union
      select value_key, hashtextextended(session_id, 0) from one_by_one where session_id is not null
    ) s
    group by value_key
    union all
    select o.value_key, null, count(*), 0, 0, 0
    from outside o
    where not exists (
      select from inside_values i
      where i.visitor_key = o.visitor_key and i.site_id = o.site_id and i.is_bot = o.is_bot and i.value_key = o.value_key)
    group by o.value_key
  ) counts
  group by value_key
),
shown as (
  select * from groups
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
),
total as (
  select (select coalesce(sum(visitors), 0) from known where in_run and dimension = 'any_event')
         - coalesce((select visitors from repeated where value_key = value_key('any_event', '')), 0)
         + (select count(*) from (
              select distinct site_id, is_bot, visitor_key from outside
              except
              select site_id, is_bot, visitor_key from inside) v) as visitors,
         (select coalesce(sum(whole_sessions), 0) from known where dimension = 'any_event')
         + (select count(*) from (
              select o.session_key
              from known k
              cross join lateral unnest(k.other_sessions) o (session_key)
              where k.dimension = 'any_event'
              union
              select hashtextextended(session_id, 0) from one_by_one where session_id is not null) s) as sessions,
         count(*) as values, coalesce(sum(events), 0) as events, coalesce(sum(page_views), 0) as page_views
  from groups
)
select is_total, value, values, visitors, sessions, events, page_views
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, page_views from shown
  union all
  select true, '', values, visitors, sessions, events, page_views from total
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
