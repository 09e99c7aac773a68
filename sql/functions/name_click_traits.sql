-- Makes sure that click_traits has a row for everything that clicks and steps of forms of the day have in common. To be called before
-- the day's sealed_clicks are computed, by the one who seals: there is only one at a time.
create or replace function name_click_traits(p_company_id int, p_time_zone text, p_day date) returns void language sql as $$
  with
  happened as materialized (select * from clicks_of_day(p_company_id, p_time_zone, p_day))
  insert into click_traits (company_id, trait_key, kind, page_path, element_selector, element_text, element_type, device_type, browser, os,
                            is_signed_in, country, region, city, viewport, referrer_domain, channel, utm_source, utm_medium, utm_campaign)
  select p_company_id, t.*
  from (
    select distinct on (element_key) element_key as trait_key, 'element', page_path, element_selector, element_text, element_type,
           null, null, null, null::boolean, null, null, null, null, null, null, null, null, null
    from happened
    union all
    select distinct on (visit_key) visit_key, 'visit', null, null, null, null,
           device_type, browser, os, is_signed_in, country, region, city, viewport, null, null, null, null, null
    from happened
    union all
    select distinct on (source_key) source_key, 'source', null, null, null, null,
           null, null, null, null, null, null, null, null, referrer_domain, channel, utm_source, utm_medium, utm_campaign
    from happened
  ) t
  where not exists (
    select from click_traits k where k.company_id = p_company_id and k.trait_key = t.trait_key)
  on conflict do nothing
$$;
