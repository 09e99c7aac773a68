-- Recomputes rollup_visitor_gaps from visitor_days; all in shard 0, because readers sum over shards.
select company_id, site_id, is_bot, day, coalesce(previous_day, '-infinity') as previous_day, 0 as shard,
       count(*) as visitors
from visitor_days
group by 1, 2, 3, 4, 5
