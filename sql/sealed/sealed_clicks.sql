-- Computes the rows of sealed_clicks of a day: $1 company, $2 time zone, $3 day. name_click_traits() comes before. Traits are looked up one
-- by one, whatever the planner knows of a young table; 0 is a trait that a writer brought since then, who took the day's mark away: it will
-- not be sealed. Clicks on a page lie side by side for heat_map.sql.
select c.visitor_key, $1::int as company_id, $3::date as day, c.site_id,
       coalesce((select t.trait_id from click_traits t where t.company_id = $1::int and t.trait_key = c.element_key), 0) as element_trait,
       coalesce((select t.trait_id from click_traits t where t.company_id = $1::int and t.trait_key = c.visit_key), 0) as visit_trait,
       coalesce((select t.trait_id from click_traits t where t.company_id = $1::int and t.trait_key = c.source_key), 0) as source_trait,
       c.session_no, c.x, c.y, c.marks, c.is_bot
from (
  select e.visitor_key, e.site_id, e.is_bot, e.element_key, e.visit_key, e.source_key, e.x, e.y, j.marks,
         case when j.session_key is not null
              then dense_rank() over (order by j.session_key, j.site_id, j.is_bot)::int end as session_no
  from company_zones($1::int) z
  cross join lateral judged_clicks(
    $1::int, $2::text, z.sites, z.is_listed, first_moment($3::date, $2::text), first_moment($3::date + 1, $2::text)) j
  join clicks_of_day($1::int, $2::text, $3::date) e on e.event_id = j.event_id and e.event_timestamp = j.event_timestamp and e.step is null
  where z.time_zone = $2::text
  offset 0
) c
order by element_trait
