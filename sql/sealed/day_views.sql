-- The page views of a day, and how long each lasted within its session: until the next one, or the end of the session on that day.
-- view_no is their order by session and time, and session the number of theirs on a site; those without a session come last.
select v.visitor_key, v.session_key, v.page_key, v.source_key, v.client_key, v.place_key, v.load_ms, v.view_no,
       case when v.session_key is not null then duration_us(v.event_timestamp, coalesce(v.next_view_at, d.ended_at)) end as time_us,
       d.session, v.site_id, v.minute, v.is_bot
from (
  select visitor_key, session_key, page_key, source_key, client_key, place_key, load_ms, event_timestamp, site_id, minute, is_bot,
         lead(event_timestamp) over w as next_view_at, row_number() over s as view_no
  from day_events
  where is_view
  window w as (partition by session_key, site_id, is_bot order by event_timestamp, sequence, event_id),
         s as (order by session_key, site_id, is_bot, event_timestamp, sequence, event_id)
) v
left join (
  select site_id, is_bot, session_key, ended_at,
         (row_number() over (partition by site_id, is_bot order by session_key))::int as session
  from (
    select site_id, is_bot, session_key, max(event_timestamp) as ended_at, bool_or(is_view) as has_view
    from day_events where session_key is not null group by 1, 2, 3
  ) s
  where has_view
) d on d.session_key = v.session_key and d.site_id = v.site_id and d.is_bot = v.is_bot
