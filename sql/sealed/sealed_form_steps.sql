-- Computes the rows of sealed_form_steps of a day: $1 company, $2 time zone, $3 day. As those of sealed_clicks are.
with
traits as materialized (
  select d.kind, d.key, (select x.trait_id from click_traits x where x.company_id = $1::int and x.trait_key = d.trait_key) as trait_id
  from day_click_traits d
)
select c.visitor_key, c.duration_ms, $1::int as company_id, $3::date as day, c.site_id, e.trait_id as element_trait,
       v.trait_id as visit_trait, s.trait_id as source_trait, c.is_bot, c.step
from day_clicks c
join traits e on e.kind = 'element' and e.key = c.element_key
join traits v on v.kind = 'visit' and v.key = c.visit_key
join traits s on s.kind = 'source' and s.key = c.source_key
where c.step is not null
