-- Adds the staged events to visitor_days, visitors and rollup_visitor_gaps. A new day between days p and n of its visitor:
-- +1 at (day, p); and if n exists, -1 at (n, p), +1 at (n, day), and n's previous day becomes day. It commutes, so late
-- events need no special path.
-- Nested loops: a hash join would read the whole of visitor_days for every batch.
create or replace function add_visitor_days(p_shard int) returns void language plpgsql
set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  delete from stage_days;
  insert into stage_days (
    company_id, site_id, is_bot, visitor_key, day, entry_pageless, entry_at, entry_sequence, entry_event_id, entry_page,
    referrer_domain, channel, device_type, browser, os, country, region, city
  )
  select * from (
    select distinct on (e.company_id, e.site_id, e.is_bot, k.visitor_key, k.day)
      e.company_id, e.site_id, e.is_bot, k.visitor_key, k.day, e.page_path is null as entry_pageless,
      e.event_timestamp as entry_at, e.sequence as entry_sequence, e.event_id as entry_event_id, e.page_path,
      e.referrer_domain, e.channel, e.device_type, e.browser, e.os, e.country, e.region, e.city
    from stage_events e
    left join site using (company_id, site_id)
    cross join lateral (
      select hashtextextended(e.visitor_id, 0) as visitor_key,
             (e.event_timestamp at time zone coalesce(site.time_zone, 'UTC'))::date as day
    ) k
    where e.visitor_id is not null
    order by e.company_id, e.site_id, e.is_bot, k.visitor_key, k.day, e.page_path is null, e.event_timestamp, e.sequence,
             e.event_id
  ) d
  where not exists (
    select from visitor_days v
    where v.company_id = d.company_id and v.site_id = d.site_id and v.is_bot = d.is_bot
      and v.visitor_key = d.visitor_key and v.day = d.day
      and (v.entry_pageless, v.entry_at, v.entry_sequence, v.entry_event_id)
        <= (d.entry_pageless, d.entry_at, d.entry_sequence, d.entry_event_id));
  if not found then
    return;
  end if;
  perform insert_new_visitors(p_shard);
  perform merge_known_visitor_days();
  if not exists (select from stage_days) then
    return;
  end if;

  -- One visitor can be in two log partitions at once: whoever adds a day holds the visitor's row, taken in one order.
  insert into visitors as v (company_id, site_id, is_bot, visitor_key, first_day, last_day)
  select company_id, site_id, is_bot, visitor_key, min(day), max(day) from stage_days
  group by 1, 2, 3, 4
  order by 1, 2, 3, 4
  on conflict (company_id, site_id, is_bot, visitor_key) do update
  set first_day = least(v.first_day, excluded.first_day), last_day = greatest(v.last_day, excluded.last_day);
  -- What the other partition committed while we waited is seen from here on.
  perform merge_known_visitor_days();
  perform insert_visitor_days(p_shard);
end
$$;
