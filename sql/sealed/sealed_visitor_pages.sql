-- Computes the rows of sealed_visitor_pages of a day: $1 company, $2 time zone, $3 day.
select hashtextextended(e.visitor_id, 0) as visitor_key, $1::int as company_id, $3::date as day, e.site_id, e.is_bot,
       array_agg(distinct page_key(coalesce(e.page_path, ''))) as page_keys
from events_of_day($1::int, $2::text, $3::date) e
where e.event_type = 'page_view' and e.visitor_id is not null
group by 1, e.site_id, e.is_bot
