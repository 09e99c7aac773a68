-- Computes the rows of sealed_event_values of a day: $1 company, $2 time zone, $3 day. A session is whole if as many events of this day
-- and site are stored as it has. Most visitors and sessions have one set of values each, and few sets are many; the others are told apart
-- value by value.
with
owned as materialized (
  select v.*, count(*) over (partition by v.session_key, v.site_id, v.is_bot) as of_session,
         count(*) over (partition by v.visitor_key, v.site_id, v.is_bot) as of_visitor,
         sum(v.events) over (partition by v.session_key, v.site_id, v.is_bot) as session_events
  from day_value_sets v
),
told as materialized (
  select o.site_id, o.is_bot, o.visitor_key, o.session_key, o.happened_set_key, o.seen_set_key, o.of_session, o.of_visitor,
         s.session_key is not null as is_whole
  from owned o
  left join day_sessions s on s.session_key = o.session_key and s.site_id = o.site_id and s.is_bot = o.is_bot and s.events = o.session_events
),
-- How many visitors and sessions have a set, of those that have one.
by_set as (
  select t.site_id, t.is_bot, k.set_key, count(*) filter (where t.of_visitor = 1 and t.visitor_key is not null) as visitors,
         count(*) filter (where t.of_session = 1 and t.is_whole) as whole_sessions
  from told t
  cross join lateral (values (t.happened_set_key), (t.seen_set_key)) k (set_key)
  where t.of_visitor = 1 or t.of_session = 1
  group by 1, 2, 3
),
parts (site_id, is_bot, value_key, visitors, whole_sessions, other_sessions) as (
  select b.site_id, b.is_bot, v.value_key, sum(b.visitors), sum(b.whole_sessions), null::bigint[]
  from by_set b
  join day_set_values v on v.set_key = b.set_key
  group by 1, 2, 3
  union all
  select site_id, is_bot, value_key, count(*), 0, null
  from (
    select distinct t.site_id, t.is_bot, v.value_key, t.visitor_key
    from told t
    cross join lateral (values (t.happened_set_key), (t.seen_set_key)) k (set_key)
    join day_set_values v on v.set_key = k.set_key
    where t.of_visitor > 1 and t.visitor_key is not null
  ) v
  group by 1, 2, 3
  union all
  select site_id, is_bot, value_key, 0, count(*) filter (where is_whole),
         array_agg(session_key order by session_key) filter (where not is_whole)
  from (
    select distinct t.site_id, t.is_bot, v.value_key, t.session_key, t.is_whole
    from told t
    cross join lateral (values (t.happened_set_key), (t.seen_set_key)) k (set_key)
    join day_set_values v on v.set_key = k.set_key
    where t.session_key is not null and (t.of_session > 1 or not t.is_whole)
  ) v
  group by 1, 2, 3
),
owners as (
  select site_id, is_bot, value_key, sum(visitors) as visitors, sum(whole_sessions) as whole_sessions, min(other_sessions) as other_sessions
  from parts group by 1, 2, 3
),
counted as (
  select s.site_id, s.is_bot, k.value_key, min(k.dimension collate "C") as dimension, min(k.value collate "C") as value,
         sum(s.events)::bigint as events, sum(s.page_views)::bigint as page_views
  from (
    select v.site_id, v.is_bot, v.happened_key as key, sum(v.events) as events, sum(v.page_views) as page_views from day_values v group by 1, 2, 3
    union all
    select v.site_id, v.is_bot, v.seen_key, sum(v.events), sum(v.page_views) from day_values v group by 1, 2, 3
  ) s
  join day_kinds k on k.key = s.key
  group by 1, 2, 3
)
select c.value_key, c.events, c.page_views, $1::int as company_id, $3::date as day, c.site_id, coalesce(o.visitors, 0)::int as visitors,
       coalesce(o.whole_sessions, 0)::int as whole_sessions, c.is_bot, c.dimension, c.value, coalesce(o.other_sessions, '{}') as other_sessions
from counted c
left join owners o on o.value_key = c.value_key and o.site_id = c.site_id and o.is_bot = c.is_bot
