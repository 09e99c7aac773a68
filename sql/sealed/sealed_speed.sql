-- Computes the rows of sealed_speed of a day: $1 company, $2 time zone, $3 day. The figures are those of sql/metrics/page_speed.sql.
select $1::int as company_id, $3::date as day, site_id, is_bot, measure, bucket, sum(n)::int as samples,
       coalesce(sum(n) filter (where value <= good), 0)::int as good, coalesce(sum(n) filter (where value > poor), 0)::int as poor,
       array_agg(value order by value) as values, array_agg(n::int order by value) as of_values
from (
  select e.site_id, e.is_bot, m.measure, m.good, m.poor,
         least(m.buckets + 1, greatest(1, ceil(e.value / m.width)))::int as bucket, e.value, e.n
  from (
    select load_ms::float8 as value, 'load' as measure, site_id, is_bot, count(*) as n
    from day_events where is_view and load_ms is not null group by 1, 3, 4
    union all
    select value, event_name, site_id, is_bot, count(*)
    from day_events where event_type = 'web_vital' and value is not null group by 1, 2, 3, 4
  ) e
  join speed_measures() m on m.measure = e.measure
) samples
group by site_id, is_bot, measure, bucket
