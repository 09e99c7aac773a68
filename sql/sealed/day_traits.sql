-- What sessions of a day, its events, and its page views and web vitals have in common, by the keys of day_events and day_sessions; several
-- keys of a client are one trait, because events know it by its user agent. Pages and sources are those of sessions, views and vitals.
with
agents as materialized (
  select e.client_key, e.is_signed_in, a.device_type, a.browser, a.os
  from (select client_key, is_signed_in, min(agent_key) as agent_key from day_raw group by 1, 2) e
  left join user_agents a on a.company_id = $1::int and a.agent_key = e.agent_key
)
select 'page' as kind, key, trait_key('page', array[page]) as trait_key, page, null as referrer_domain, null as channel,
       null as utm_source, null as utm_medium, null as utm_campaign, null as device_type, null as browser, null as os,
       null::boolean as is_signed_in, null as country, null as region, null as city
from (
  select key, min(page collate "C") as page
  from (
    select page_key as key, nullif(page_path, '') as page from day_raw where event_type in ('page_view', 'web_vital')
    union all
    select entry_key, entry_page from day_sessions
    union all
    select exit_key, exit_page from day_sessions
  ) p
  group by 1
) pages
union all
select 'source', key, trait_key('source', array[referrer_domain, channel, utm_source, utm_medium, utm_campaign]), null, referrer_domain,
       channel, utm_source, utm_medium, utm_campaign, null, null, null, null, null, null, null
from (
  select source_key as key, min(referrer_domain collate "C") as referrer_domain, min(channel collate "C") as channel,
         min(utm_source collate "C") as utm_source, min(utm_medium collate "C") as utm_medium, min(utm_campaign collate "C") as utm_campaign
  from (
    select source_key, referrer_domain, channel, utm_source, utm_medium, utm_campaign from day_raw
    where event_type in ('page_view', 'web_vital')
    union all
    select source_key, referrer_domain, channel, utm_source, utm_medium, utm_campaign from day_sessions
  ) s
  group by 1
) sources
union all
select 'client', client_key, trait_key('client', array[device_type, browser, os, is_signed_in::text]), null, null, null, null, null, null,
       device_type, browser, os, is_signed_in, null, null, null
from (
  select client_key, is_signed_in, device_type, browser, os from agents
  union all
  select client_key, is_signed_in, min(device_type collate "C"), min(browser collate "C"), min(os collate "C") from day_sessions group by 1, 2
) clients
union all
select 'place', key, trait_key('place', array[country, region, city]), null, null, null, null, null, null, null, null, null, null,
       country, region, city
from (
  select place_key as key, min(country collate "C") as country, min(region collate "C") as region, min(city collate "C") as city
  from (
    select place_key, country, region, city from day_raw union all select place_key, country, region, city from day_sessions
  ) p
  group by 1
) places
