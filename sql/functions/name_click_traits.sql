-- Makes sure that click_traits has a row for everything that clicks and steps of forms of the day have in common. To be called when
-- day_click_traits holds these and before the day's sealed_clicks are computed, by the one who seals: there is only one at a time.
create or replace function name_click_traits(p_company_id int, p_time_zone text, p_day date) returns void language plpgsql as $$
begin
  insert into click_traits (company_id, trait_key, kind, page_path, element_selector, element_text, element_type, device_type, browser, os,
                            is_signed_in, country, region, city, viewport, referrer_domain, channel, utm_source, utm_medium, utm_campaign)
  select p_company_id, d.trait_key, d.kind, d.page_path, d.element_selector, d.element_text, d.element_type, d.device_type, d.browser, d.os,
         d.is_signed_in, d.country, d.region, d.city, d.viewport, d.referrer_domain, d.channel, d.utm_source, d.utm_medium, d.utm_campaign
  from day_click_traits d
  where (select k.trait_id from click_traits k where k.company_id = p_company_id and k.trait_key = d.trait_key) is null
  on conflict do nothing;
end
$$;

-- Former versions read clicks by clicks_of_day().
drop function if exists clicks_of_day(int, text, date);
