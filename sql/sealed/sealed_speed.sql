-- Computes the rows of sealed_speed of a day: $1 company, $2 time zone, $3 day. The figures are those of sql/metrics/page_speed.sql.
select $1::int as company_id, $3::date as day, site_id, is_bot, measure, bucket, sum(n)::int as samples,
       coalesce(sum(n) filter (where value <= good), 0)::int as good, coalesce(sum(n) filter (where value > poor), 0)::int as poor,
       array_agg(value order by value) as values, array_agg(n::int order by value) as of_values
from (
  select e.site_id, e.is_bot, m.measure, m.good, m.poor,
         least(m.buckets + 1, greatest(1, ceil(e.value / m.width)))::int as bucket, e.value, count(*) as n
  from (
    select site_id, is_bot, case event_type when 'page_view' then 'load' else event_name end as measure,
           (case event_type when 'page_view' then load_ms else value end)::float8 as value
    from events_of_day($1::int, $2::text, $3::date)
    where event_type = 'page_view' and load_ms is not null or event_type = 'web_vital' and value is not null
  ) e
  join speed_measures() m on m.measure = e.measure
  group by 1, 2, 3, 4, 5, 6, 7
) samples
group by site_id, is_bot, measure, bucket
