-- Recomputes visitor_days from the raw events.
select company_id, site_id, is_bot, visitor_key, day,
       lag(day) over (partition by company_id, site_id, is_bot, visitor_key order by day) as previous_day,
       page_path is null as entry_pageless, event_timestamp as entry_at, sequence as entry_sequence,
       event_id as entry_event_id, page_path as entry_page, referrer_domain, channel, device_type, browser, os, country,
       region, city
from (
  select distinct on (e.company_id, e.site_id, e.is_bot, k.visitor_key, k.day) e.*, k.visitor_key, k.day
  from user_events e
  left join site using (company_id, site_id)
  cross join lateral (
    select hashtextextended(e.visitor_id, 0) as visitor_key,
           (e.event_timestamp at time zone coalesce(site.time_zone, 'UTC'))::date as day
  ) k
  where e.visitor_id is not null
  order by e.company_id, e.site_id, e.is_bot, k.visitor_key, k.day, e.page_path is null, e.event_timestamp, e.sequence,
           e.event_id
) first_events
