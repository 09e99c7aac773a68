-- Recomputes rollup_events_hourly from the raw events; all in shard 0, because readers sum over shards.
select company_id, site_id, date_trunc('hour', event_timestamp, 'UTC') as hour, event_type,
       coalesce(event_name, '') as event_name, is_bot, 0 as shard, count(*) as events
from user_events
group by 1, 2, 3, 4, 5, 6
