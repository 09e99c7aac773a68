-- The clicks of a day and its steps of forms; step is null of a click, else that of sealed_form_steps. element_key, visit_key and source_key
-- are keys of what it has in common with others, see day_click_traits.
select e.event_timestamp, e.event_id, e.sequence, e.visitor_key, e.session_key, e.duration_ms,
       five_texts_key(e.page_path, e.element_selector, e.label, e.element_type, null) as element_key,
       hashtextextended(coalesce(e.viewport, ''), hashint8extended(e.client_key, e.place_key) # (e.viewport is null)::int) as visit_key,
       e.source_key, e.page_key, page_key(nullif(e.element_selector, '')) as selector_key, e.x_coordinate as x, e.y_coordinate as y, e.site_id,
       e.is_bot, e.is_link, e.is_signed_in, e.step, e.page_path, e.element_selector, e.label, e.element_type, e.viewport, e.agent_key, e.country,
       e.region, e.city, e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign
from (
  select d.event_timestamp, d.event_id, d.sequence, d.visitor_key, d.session_key, d.duration_ms, d.client_key, d.place_key, d.source_key, d.page_key,
         d.x_coordinate, d.y_coordinate, d.site_id, d.is_bot, d.is_link, d.is_signed_in, d.page_path, d.element_selector, d.viewport,
         d.agent_key, d.country, d.region, d.city, d.referrer_domain, d.channel, d.utm_source, d.utm_medium, d.utm_campaign,
         case when d.event_type = 'click' then d.element_text end as label, case when d.event_type = 'click' then d.element_type end as element_type,
         (case when d.event_type = 'form_submit' then 's' when d.event_type = 'click' then null when d.event_name = 'form_start' then 'b'
               else 'v' end)::"char" as step
  from day_raw d
  where d.event_type in ('click', 'form_submit') or d.event_type = 'custom' and d.event_name in ('form_view', 'form_start')
  offset 0
) e
