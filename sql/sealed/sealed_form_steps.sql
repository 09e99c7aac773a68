-- Computes the rows of sealed_form_steps of a day: $1 company, $2 time zone, $3 day. As those of sealed_clicks are.
select c.visitor_key, c.duration_ms, $1::int as company_id, $3::date as day, c.site_id,
       coalesce((select t.trait_id from click_traits t where t.company_id = $1::int and t.trait_key = c.element_key), 0) as element_trait,
       coalesce((select t.trait_id from click_traits t where t.company_id = $1::int and t.trait_key = c.visit_key), 0) as visit_trait,
       coalesce((select t.trait_id from click_traits t where t.company_id = $1::int and t.trait_key = c.source_key), 0) as source_trait,
       c.is_bot, c.step
from (select * from clicks_of_day($1::int, $2::text, $3::date) where step is not null offset 0) c
