-- Inserts the staged visitor-days, none of which exists, between the days of their visitors, and counts the changes into
-- rollup_visitor_gaps.
create or replace function insert_visitor_days(p_shard int) returns void language sql as $$
  with placed as (
    select d.*,
      greatest(
        lag(d.day) over (partition by d.company_id, d.site_id, d.is_bot, d.visitor_key order by d.day),
        (select max(v.day) from visitor_days v
         where (v.company_id, v.site_id, v.is_bot, v.visitor_key) = (d.company_id, d.site_id, d.is_bot, d.visitor_key)
           and v.day < d.day)
      ) as before,
      (select min(v.day) from visitor_days v
       where (v.company_id, v.site_id, v.is_bot, v.visitor_key) = (d.company_id, d.site_id, d.is_bot, d.visitor_key)
         and v.day > d.day) as after
    from stage_days d
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
  -- A day that exists after new ones gets the latest of them as its previous day.
  following as (
    select p.company_id, p.site_id, p.is_bot, p.visitor_key, p.after as day, max(p.day) as before,
           v.previous_day as old_before
    from placed p
    join visitor_days v on (v.company_id, v.site_id, v.is_bot, v.visitor_key, v.day)
                         = (p.company_id, p.site_id, p.is_bot, p.visitor_key, p.after)
    group by 1, 2, 3, 4, 5, 7
  ),
  moved as (
    update visitor_days v set previous_day = f.before from following f
    where (v.company_id, v.site_id, v.is_bot, v.visitor_key, v.day)
        = (f.company_id, f.site_id, f.is_bot, f.visitor_key, f.day)
  ),
  changes as (
    select company_id, site_id, is_bot, day, before, 1 as visitors from placed
    union all
    select company_id, site_id, is_bot, day, old_before, -1 from following
    union all
    select company_id, site_id, is_bot, day, before, 1 from following
  )
  insert into rollup_visitor_gaps as g (company_id, site_id, is_bot, day, previous_day, shard, visitors)
  select company_id, site_id, is_bot, day, coalesce(before, '-infinity'), p_shard, sum(visitors)
  from changes
  group by 1, 2, 3, 4, 5
  order by 1, 4, 5, 2, 3
  on conflict (company_id, day, previous_day, site_id, is_bot, shard)
  do update set visitors = g.visitors + excluded.visitors
$$;
