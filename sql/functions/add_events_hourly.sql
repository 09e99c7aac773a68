-- Adds the new events of a batch to rollup_events_hourly.
create or replace function add_events_hourly(p_shard int) returns void language sql as $$
  insert into rollup_events_hourly as r (company_id, site_id, hour, event_type, event_name, is_bot, shard, events)
  select company_id, site_id, date_bin('1 hour', event_timestamp, 'epoch'), event_type, coalesce(event_name, ''), is_bot,
         p_shard, count(*)
  from stage_events
  group by 1, 2, 3, 4, 5, 6
  order by 1, 3, 2, 4, 5, 6
  on conflict (company_id, hour, site_id, event_type, event_name, is_bot, shard)
  do update set events = r.events + excluded.events
$$;
