-- Recomputes sessions from the raw events.
select
  t.company_id, t.session_id, e.site_id, hashtextextended(e.visitor_id, 0) as visitor_key, e.visitor_id, t.user_id,
  t.started_at, t.ended_at, t.events, t.page_views, t.clicks, t.interactions, e.is_bot,
  e.page_path is null as entry_pageless, e.event_timestamp as entry_at, e.sequence as entry_sequence,
  e.event_id as entry_event_id, e.page_path as entry_page, e.referrer_domain, e.channel, e.utm_source, e.utm_medium,
  e.utm_campaign, e.device_type, e.browser, e.os, e.country, e.region, e.city,
  l.page_path is not null as exit_paged, l.event_timestamp as exit_at, l.sequence as exit_sequence,
  l.event_id as exit_event_id, l.page_path as exit_page
from (
  select company_id, session_id, max(user_id) as user_id, min(event_timestamp) as started_at,
         max(event_timestamp) as ended_at, count(*)::int as events,
         count(*) filter (where event_type = 'page_view')::int as page_views,
         count(*) filter (where event_type = 'click')::int as clicks,
         count(*) filter (where event_type not in ('page_view', 'web_vital'))::int as interactions
  from user_events where session_id is not null
  group by company_id, session_id
) t
join (
  select distinct on (company_id, session_id) *
  from user_events where session_id is not null
  order by company_id, session_id, page_path is null, event_timestamp, sequence, event_id
) e on e.company_id = t.company_id and e.session_id = t.session_id
join (
  select distinct on (company_id, session_id) company_id, session_id, event_timestamp, sequence, event_id, page_path
  from user_events where session_id is not null
  order by company_id, session_id, page_path is not null desc, event_timestamp desc, sequence desc, event_id desc
) l on l.company_id = t.company_id and l.session_id = t.session_id
