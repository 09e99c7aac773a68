-- Merges the new events of a batch, without those that add_to_known_sessions has taken off the stage, into their sessions.
-- The merge is commutative and associative: least start, greatest end, sums, and first and last event by orders that do not
-- depend on arrival (see sql/migrations/0003_rollups.sql).
-- One sort and arrays in its order instead of joins by key: the stage has no statistics, and a planner that takes 5,000 rows
-- for a few chooses nested loops (63 s instead of 1.1 s for six batches). Windows need two sorts and half as much time again
-- where sessions have several events in a batch. Only keys are sorted, and the first event is fetched by its place, which is
-- looked up directly; hash and merge joins, which would read the stage a second time, are off for that. CASE by column
-- instead of one subselect: half the time of a merge.
-- Answers the old moments at which changed sessions begin; a moment that a session leaves is told by leave_day.
create or replace function add_sessions() returns touched_moment[] language sql
set enable_hashjoin = off set enable_mergejoin = off as $$
  with stored as (
    insert into sessions as s (
      company_id, session_id, site_id, visitor_key, visitor_id, user_id, started_at, ended_at, events, page_views, clicks,
      interactions, is_bot, entry_pageless, entry_at, entry_sequence, entry_event_id, entry_page, referrer_domain, channel,
      utm_source, utm_medium, utm_campaign, device_type, browser, os, country, region, city, exit_paged, exit_at,
      exit_sequence, exit_event_id, exit_page
    )
    select
      e.company_id, e.session_id, e.site_id, hashtextextended(e.visitor_id, 0), e.visitor_id, m.last_user, m.started_at,
      m.ended_at, m.events, m.page_views, m.clicks, m.interactions, e.is_bot, e.page_path is null, e.event_timestamp,
      e.sequence, e.event_id, e.page_path, e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign,
      e.device_type, e.browser, e.os, e.country, e.region, e.city, m.exit_page is not null, m.exit_at, m.exit_sequence,
      m.exit_event_id, m.exit_page
    from (
      select company_id, session_id, places[1] as first_event, events, page_views, clicks, interactions, last_user, started_at,
        ended_at, pages[last] as exit_page, times[last] as exit_at, sequences[last] as exit_sequence, ids[last] as exit_event_id
      from (
        select company_id, session_id,
          array_agg(ctid order by page_path is null, event_timestamp, sequence, event_id) as places,
          array_agg(page_path order by page_path is null, event_timestamp, sequence, event_id) as pages,
          array_agg(event_timestamp order by page_path is null, event_timestamp, sequence, event_id) as times,
          array_agg(sequence order by page_path is null, event_timestamp, sequence, event_id) as sequences,
          array_agg(event_id order by page_path is null, event_timestamp, sequence, event_id) as ids,
          -- Those without a page come last in this order, so the last one that has a page stands before them.
          coalesce(nullif(count(page_path), 0), count(*)) as last,
          count(*) as events,
          count(*) filter (where event_type = 'page_view') as page_views,
          count(*) filter (where event_type = 'click') as clicks,
          count(*) filter (where event_type not in ('page_view', 'web_vital')) as interactions,
          max(user_id) as last_user,
          min(event_timestamp) as started_at,
          max(event_timestamp) as ended_at
        from stage_events
        where session_id is not null
        group by company_id, session_id
      ) grouped
    ) m
    join stage_events e on e.ctid = m.first_event
    order by m.company_id, m.session_id
    on conflict (company_id, session_id) do update set
      started_at = case when excluded.started_at < s.started_at
        then leave_day(s.company_id, s.site_id, s.started_at, excluded.started_at) else s.started_at end,
      ended_at = greatest(s.ended_at, excluded.ended_at),
      events = s.events + excluded.events,
      page_views = s.page_views + excluded.page_views,
      clicks = s.clicks + excluded.clicks,
      interactions = s.interactions + excluded.interactions,
      user_id = greatest(s.user_id, excluded.user_id),
      site_id = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then leave_day(s.company_id, s.site_id, s.started_at, excluded.site_id) else s.site_id end,
      visitor_key = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.visitor_key else s.visitor_key end,
      visitor_id = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.visitor_id else s.visitor_id end,
      is_bot = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.is_bot else s.is_bot end,
      entry_pageless = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.entry_pageless else s.entry_pageless end,
      entry_at = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.entry_at else s.entry_at end,
      entry_sequence = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.entry_sequence else s.entry_sequence end,
      entry_event_id = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.entry_event_id else s.entry_event_id end,
      entry_page = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.entry_page else s.entry_page end,
      referrer_domain = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.referrer_domain else s.referrer_domain end,
      channel = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.channel else s.channel end,
      utm_source = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.utm_source else s.utm_source end,
      utm_medium = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.utm_medium else s.utm_medium end,
      utm_campaign = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.utm_campaign else s.utm_campaign end,
      device_type = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.device_type else s.device_type end,
      browser = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.browser else s.browser end,
      os = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.os else s.os end,
      country = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.country else s.country end,
      region = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.region else s.region end,
      city = case when (excluded.entry_pageless, excluded.entry_at, excluded.entry_sequence, excluded.entry_event_id)
        < (s.entry_pageless, s.entry_at, s.entry_sequence, s.entry_event_id)
        then excluded.city else s.city end,
      exit_paged = case when (excluded.exit_paged, excluded.exit_at, excluded.exit_sequence, excluded.exit_event_id)
        > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
        then excluded.exit_paged else s.exit_paged end,
      exit_at = case when (excluded.exit_paged, excluded.exit_at, excluded.exit_sequence, excluded.exit_event_id)
        > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
        then excluded.exit_at else s.exit_at end,
      exit_sequence = case when (excluded.exit_paged, excluded.exit_at, excluded.exit_sequence, excluded.exit_event_id)
        > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
        then excluded.exit_sequence else s.exit_sequence end,
      exit_event_id = case when (excluded.exit_paged, excluded.exit_at, excluded.exit_sequence, excluded.exit_event_id)
        > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
        then excluded.exit_event_id else s.exit_event_id end,
      exit_page = case when (excluded.exit_paged, excluded.exit_at, excluded.exit_sequence, excluded.exit_event_id)
        > (s.exit_paged, s.exit_at, s.exit_sequence, s.exit_event_id)
        then excluded.exit_page else s.exit_page end
    returning s.company_id, s.site_id, s.started_at
  )
  select array_agg(row(company_id, site_id, started_at)::touched_moment) from stored where started_at < late_before()
$$;
