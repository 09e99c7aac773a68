-- Makes sure that session_traits has a row for everything that sessions of the day have in common, its events, page views and web vitals.
-- To be called when day_traits holds these and before the day's sealed tables are computed, by the one who seals: there is only one at
-- a time.
create or replace function name_traits(p_company_id int, p_time_zone text, p_day date) returns void language plpgsql as $$
begin
  insert into session_traits (company_id, trait_key, kind, page, referrer_domain, channel, utm_source, utm_medium, utm_campaign,
                              device_type, browser, os, is_signed_in, country, region, city)
  select p_company_id, d.trait_key, d.kind, d.page, d.referrer_domain, d.channel, d.utm_source, d.utm_medium, d.utm_campaign,
         d.device_type, d.browser, d.os, d.is_signed_in, d.country, d.region, d.city
  from day_traits d
  where (select k.trait_id from session_traits k where k.company_id = p_company_id and k.trait_key = d.trait_key) is null
  on conflict do nothing;
end
$$;

-- Former versions read sessions by sessions_of_day().
drop function if exists sessions_of_day(int, text, date);
