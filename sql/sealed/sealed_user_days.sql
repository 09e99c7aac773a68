-- Computes the rows of sealed_user_days of a day: $1 company, $2 time zone, $3 day.
select e.user_key, $1::int as company_id, $3::date as day, e.site_id, e.is_bot,
       coalesce(array_agg(distinct page_key(e.event_name)) filter (where e.event_type = 'custom' and e.event_name is not null), '{}') as name_keys
from day_events e
where e.user_key is not null
group by 1, e.site_id, e.is_bot
