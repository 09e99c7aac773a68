-- Computes the rows of sealed_event_values of a day: $1 company, $2 time zone, $3 day. A session is whole if as many events of this day
-- and site are stored as it has. What differs from event to event and what hardly does in a session are counted apart: fewer rows.
with
happened as materialized (select * from values_of_day($1::int, $2::text, $3::date)),
whole as materialized (
  select h.site_id, h.is_bot, h.session_key
  from (select site_id, is_bot, session_key, sum(events) as events from happened where session_key is not null group by 1, 2, 3) h
  join (
    select hashtextextended(session_id, 0) as session_key, site_id, is_bot, events
    from sessions_of_day($1::int, $2::text, $3::date) offset 0) s
    on s.session_key = h.session_key and s.site_id = h.site_id and s.is_bot = h.is_bot and s.events = h.events
),
by_kind as materialized (
  select h.*, w.session_key as whole_key, case when w.session_key is null then h.session_key end as other_key
  from happened h
  left join whole w on w.session_key = h.session_key and w.site_id = h.site_id and w.is_bot = h.is_bot
),
seen as materialized (
  select site_id, is_bot, visitor_key, whole_key, other_key, seen_key, min(language collate "C") as language, min(screen collate "C") as screen,
         min(utm_term collate "C") as utm_term, min(utm_content collate "C") as utm_content, sum(events) as events, sum(page_views) as page_views
  from by_kind
  group by 1, 2, 3, 4, 5, 6
),
by_value as (
  select k.site_id, k.is_bot, k.visitor_key, k.whole_key, k.other_key, d.dimension, d.value, k.events, k.page_views
  from by_kind k
  cross join lateral (values ('event_type', k.event_type), ('event_name', k.event_name)) d (dimension, value)
  union all
  select s.site_id, s.is_bot, s.visitor_key, s.whole_key, s.other_key, d.dimension, d.value, s.events, s.page_views
  from seen s
  cross join lateral (values
    ('any_event', ''), ('language', s.language), ('screen', s.screen), ('utm_term', s.utm_term), ('utm_content', s.utm_content)
  ) d (dimension, value)
)
select value_key(dimension, value) as value_key, sum(events)::bigint as events, sum(page_views)::bigint as page_views,
       $1::int as company_id, $3::date as day, site_id, count(distinct visitor_key)::int as visitors,
       count(distinct whole_key)::int as whole_sessions, is_bot, min(dimension collate "C") as dimension, min(value collate "C") as value,
       coalesce(array_agg(distinct other_key) filter (where other_key is not null), '{}') as other_sessions
from by_value
group by 1, site_id, is_bot
