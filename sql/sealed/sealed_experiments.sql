-- Computes the rows of sealed_experiments of a day: $1 company, $2 time zone, $3 day. The figures are those of sql/metrics/experiments.sql.
select sum(e.events)::bigint as events, min(e.first_seen) as first_seen, max(e.last_seen) as last_seen, $1::int as company_id,
       $3::date as day, e.site_id, e.is_bot, n.key as experiment, n.value as variant,
       coalesce(array_agg(distinct e.visitor_key) filter (where e.visitor_key is not null), '{}') as visitor_keys
from day_experiments e
cross join lateral jsonb_each_text(e.experiments) n
group by e.site_id, e.is_bot, n.key, n.value
