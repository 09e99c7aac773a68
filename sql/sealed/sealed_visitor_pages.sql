-- Computes the rows of sealed_visitor_pages of a day: $1 company, $2 time zone, $3 day.
select v.visitor_key, $1::int as company_id, $3::date as day, v.site_id, v.is_bot,
       array_agg(distinct case when v.page_key = 0 then page_key('') else v.page_key end) as page_keys
from day_views v
where v.visitor_key is not null
group by 1, v.site_id, v.is_bot
