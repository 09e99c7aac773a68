-- Puts the visitor-days of the staged events on a stage of their own, each with the first of its events. Only keys are
-- sorted, what differs most first, and the first event is fetched by its place. Hash joins, whatever the caller has set: what
-- is joined to the stage is the small table of sites and the stage itself.
create or replace function stage_visitor_days() returns void language sql
set enable_hashjoin = on as $$
  insert into stage_days (
    company_id, site_id, is_bot, visitor_key, day, entry_pageless, entry_at, entry_sequence, entry_event_id, entry_page,
    referrer_domain, channel, device_type, browser, os, country, region, city
  )
  select
    e.company_id, e.site_id, e.is_bot, f.visitor_key, f.day, e.page_path is null, e.event_timestamp, e.sequence, e.event_id,
    e.page_path, e.referrer_domain, e.channel, e.device_type, e.browser, e.os, e.country, e.region, e.city
  from (
    select distinct on (k.visitor_key, k.day, e.site_id, e.is_bot, e.company_id) e.ctid as first_event, k.visitor_key, k.day
    from stage_events e
    left join site using (company_id, site_id)
    cross join lateral (
      select hashtextextended(e.visitor_id, 0) as visitor_key,
             (e.event_timestamp at time zone coalesce(site.time_zone, 'UTC'))::date as day
    ) k
    where e.visitor_id is not null
    order by k.visitor_key, k.day, e.site_id, e.is_bot, e.company_id, e.page_path is null, e.event_timestamp, e.sequence,
             e.event_id
  ) f
  join stage_events e on e.ctid = f.first_event
$$;
