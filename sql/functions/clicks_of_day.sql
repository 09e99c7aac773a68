-- The clicks and steps of forms of a day, of the sites that keep a time zone, as sealed days hold them: each with the keys of what
-- it has in common with others, see click_traits. step: null of a click, else that of sealed_form_steps.
-- Strict, so that it is not put into the query that asks, of which the planner would expect one row.
create or replace function clicks_of_day(p_company_id int, p_time_zone text, p_day date)
returns table (
  event_timestamp timestamptz, event_id uuid, site_id int, is_bot boolean, visitor_key bigint, x int, y int, duration_ms bigint, step "char",
  page_path text, element_selector text, element_text text, element_type text, device_type text, browser text, os text, is_signed_in boolean,
  country text, region text, city text, viewport text, referrer_domain text, channel text, utm_source text, utm_medium text,
  utm_campaign text, element_key bigint, visit_key bigint, source_key bigint
) language sql stable strict rows 10000 as $$
  select e.event_timestamp, e.event_id, e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0), e.x_coordinate, e.y_coordinate,
         e.duration_ms, e.step, e.page_path, e.selector, e.label, e.kind, e.device_type, e.browser, e.os, e.user_id is not null,
         e.country, e.region, e.city, e.viewport, e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign,
         trait_key('element', array[e.page_path, e.selector, e.label, e.kind]),
         trait_key('visit', array[e.device_type, e.browser, e.os, (e.user_id is not null)::text, e.country, e.region, e.city, e.viewport]),
         trait_key('source', array[e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign])
  from (
    select *, case when event_type = 'custom' then metadata ->> 'form' else element_selector end as selector,
           case when event_type = 'click' then element_text end as label, case when event_type = 'click' then element_type end as kind,
           (case when event_type = 'form_submit' then 's' when event_type = 'click' then null when event_name = 'form_start' then 'b' else 'v' end)::"char" as step
    from events_of_day(p_company_id, p_time_zone, p_day)
    where event_type in ('click', 'form_submit') or event_type = 'custom' and event_name in ('form_view', 'form_start')
    offset 0
  ) e
$$;
