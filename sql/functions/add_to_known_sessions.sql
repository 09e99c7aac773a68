-- Adds staged events to sessions that are stored already, and takes them off the stage: the short way for most events of
-- real traffic. An event may go it that comes after its session's first event and agrees with it in site, visitor, bot mark
-- and day: it changes nothing but counters, end and exit, and its visitor's day is known to be stored, because the first
-- event's is. Of several events of one session one goes this way; the others stay for add_sessions.
-- Sessions are taken in the order of the stage: all events of a session lie in one partition, so no other batch waits for
-- them. Where they do not, a deadlock is possible, and its victim tries again.
-- Answers the old moments at which these sessions begin. A start that an event moves was on the event's own day.
-- Nested loops: the stage has no statistics, and a hash join would read every session ever stored.
create or replace function add_to_known_sessions() returns touched_moment[] language sql
set enable_hashjoin = off set enable_mergejoin = off as $$
  with known as (
    update sessions s
    set started_at = least(s.started_at, e.event_timestamp),
        ended_at = greatest(s.ended_at, e.event_timestamp),
        events = s.events + 1,
        page_views = s.page_views + (e.event_type = 'page_view')::int,
        clicks = s.clicks + (e.event_type = 'click')::int,
        interactions = s.interactions + (e.event_type not in ('page_view', 'web_vital'))::int,
        user_id = greatest(s.user_id, e.user_id),
        exit_paged = case when (e.page_path is not null, e.event_timestamp, e.sequence, e.event_id)
          > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
          then e.page_path is not null else s.exit_paged end,
        exit_at = case when (e.page_path is not null, e.event_timestamp, e.sequence, e.event_id)
          > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
          then e.event_timestamp else s.exit_at end,
        exit_sequence = case when (e.page_path is not null, e.event_timestamp, e.sequence, e.event_id)
          > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
          then e.sequence else s.exit_sequence end,
        exit_event_id = case when (e.page_path is not null, e.event_timestamp, e.sequence, e.event_id)
          > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
          then e.event_id else s.exit_event_id end,
        exit_page = case when (e.page_path is not null, e.event_timestamp, e.sequence, e.event_id)
          > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
          then e.page_path else s.exit_page end
    from stage_events e
    left join site using (company_id, site_id)
    where s.company_id = e.company_id and s.session_id = e.session_id and s.site_id = e.site_id and s.is_bot = e.is_bot
      and s.visitor_id is not distinct from e.visitor_id
      and (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        < (e.page_path is null, e.event_timestamp, e.sequence, e.event_id)
      and (s.entry_at at time zone coalesce(site.time_zone, 'UTC'))::date
        = (e.event_timestamp at time zone coalesce(site.time_zone, 'UTC'))::date
    returning e.ctid as place, s.company_id, s.site_id, s.started_at
  ),
  gone as (delete from stage_events e using known where e.ctid = known.place)
  select array_agg(row(company_id, site_id, started_at)::touched_moment) from known where started_at < late_before()
$$;
