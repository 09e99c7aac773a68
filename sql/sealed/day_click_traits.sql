-- What clicks and steps of forms of a day have in common, by the keys of day_clicks; several keys of a visit are one trait, because
-- clicks know the client by its user agent.
select 'element' as kind, element_key as key, trait_key('element', array[page_path, element_selector, label, element_type]) as trait_key,
       page_path, element_selector, label as element_text, element_type, null as device_type, null as browser, null as os,
       null::boolean as is_signed_in, null as country, null as region, null as city, null as viewport, null as referrer_domain,
       null as channel, null as utm_source, null as utm_medium, null as utm_campaign
from (
  select element_key, min(page_path collate "C") as page_path, min(element_selector collate "C") as element_selector,
         min(label collate "C") as label, min(element_type collate "C") as element_type
  from day_clicks group by 1
) elements
union all
select 'visit', v.visit_key,
       trait_key('visit', array[a.device_type, a.browser, a.os, v.is_signed_in::text, v.country, v.region, v.city, v.viewport]),
       null, null, null, null, a.device_type, a.browser, a.os, v.is_signed_in, v.country, v.region, v.city, v.viewport,
       null, null, null, null, null
from (
  select visit_key, bool_and(is_signed_in) as is_signed_in, min(agent_key) as agent_key, min(country collate "C") as country,
         min(region collate "C") as region, min(city collate "C") as city, min(viewport collate "C") as viewport
  from day_clicks group by 1
) v
left join user_agents a on a.company_id = $1::int and a.agent_key = v.agent_key
union all
select 'source', source_key, trait_key('source', array[referrer_domain, channel, utm_source, utm_medium, utm_campaign]),
       null, null, null, null, null, null, null, null, null, null, null, null, referrer_domain, channel, utm_source, utm_medium, utm_campaign
from (
  select source_key, min(referrer_domain collate "C") as referrer_domain, min(channel collate "C") as channel,
         min(utm_source collate "C") as utm_source, min(utm_medium collate "C") as utm_medium, min(utm_campaign collate "C") as utm_campaign
  from day_clicks group by 1
) sources
