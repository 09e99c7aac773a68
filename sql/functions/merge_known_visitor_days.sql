-- Of the staged visitor-days, merges those that exist already (an earlier first event replaces a later one) and takes them
-- off the stage. One statement, so one snapshot: with two, a day that another partition commits between them would be taken
-- off the stage without having been merged.
create or replace function merge_known_visitor_days() returns void language sql as $$
  with merged as (
    update visitor_days v
    set (entry_pageless, entry_at, entry_sequence, entry_event_id, entry_page, referrer_domain, channel, device_type,
         browser, os, country, region, city) =
        (d.entry_pageless, d.entry_at, d.entry_sequence, d.entry_event_id, d.entry_page, d.referrer_domain, d.channel,
         d.device_type, d.browser, d.os, d.country, d.region, d.city)
    from stage_days d
    where (v.company_id, v.site_id, v.is_bot, v.visitor_key, v.day)
        = (d.company_id, d.site_id, d.is_bot, d.visitor_key, d.day)
      and (d.entry_pageless, d.entry_at, d.entry_sequence, d.entry_event_id)
        < (v.entry_pageless, v.entry_at, v.entry_sequence, v.entry_event_id)
  )
  delete from stage_days d using visitor_days v
  where (v.company_id, v.site_id, v.is_bot, v.visitor_key, v.day)
      = (d.company_id, d.site_id, d.is_bot, d.visitor_key, d.day)
$$;
