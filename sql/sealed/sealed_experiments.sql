-- Computes the rows of sealed_experiments of a day: $1 company, $2 time zone, $3 day. The figures are those of sql/metrics/experiments.sql.
select count(*) as events, min(e.event_timestamp) as first_seen, max(e.event_timestamp) as last_seen, $1::int as company_id,
       $3::date as day, e.site_id, e.is_bot, n.key as experiment, n.value as variant,
       coalesce(array_agg(distinct hashtextextended(e.visitor_id, 0)) filter (where e.visitor_id is not null), '{}') as visitor_keys
from events_of_day($1::int, $2::text, $3::date) e
cross join lateral jsonb_each_text(e.experiments) n
where e.experiments is not null
group by e.site_id, e.is_bot, n.key, n.value
