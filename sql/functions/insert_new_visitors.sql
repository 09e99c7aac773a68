-- Of the staged visitor-days, stores those of visitors never seen before and takes them off the stage: nobody else can have
-- days of such a visitor, so there are no neighbours to look for. Whoever else meets the visitor at the same time waits at
-- the row in visitors, taken in one order. Hash joins, whatever the caller has set: only the stage and what was inserted just
-- now are joined.
create or replace function insert_new_visitors(p_shard int) returns void language sql
set enable_hashjoin = on as $$
  with fresh as (
    insert into visitors (company_id, site_id, is_bot, visitor_key, first_day, last_day)
    select company_id, site_id, is_bot, visitor_key, min(day), max(day) from stage_days
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
    on conflict do nothing
    returning company_id, site_id, is_bot, visitor_key
  ),
  placed as (
    select d.*, lag(d.day) over (partition by company_id, site_id, is_bot, visitor_key order by d.day) as before
    from stage_days d
    join fresh using (company_id, site_id, is_bot, visitor_key)
  ),
  inserted as (
    insert into visitor_days (
      company_id, site_id, is_bot, visitor_key, day, previous_day, entry_pageless, entry_at, entry_sequence,
      entry_event_id, entry_page, referrer_domain, channel, device_type, browser, os, country, region, city
    )
    select company_id, site_id, is_bot, visitor_key, day, before, entry_pageless, entry_at, entry_sequence,
           entry_event_id, entry_page, referrer_domain, channel, device_type, browser, os, country, region, city
    from placed
  ),
  counted as (
    insert into rollup_visitor_gaps as g (company_id, site_id, is_bot, day, previous_day, shard, visitors)
    select company_id, site_id, is_bot, day, coalesce(before, '-infinity'), p_shard, count(*)
    from placed
    group by 1, 2, 3, 4, 5
    order by 1, 4, 5, 2, 3
    on conflict (company_id, day, previous_day, site_id, is_bot, shard)
    do update set visitors = g.visitors + excluded.visitors
  )
  delete from stage_days d using fresh f
  where (d.company_id, d.site_id, d.is_bot, d.visitor_key) = (f.company_id, f.site_id, f.is_bot, f.visitor_key)
$$;
