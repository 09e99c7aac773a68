-- Makes sure that session_traits has a row for everything that sessions of the day have in common. To be called before the day's
-- sealed_sessions are computed, by the one who seals: there is only one at a time.
create or replace function name_traits(p_company_id int, p_time_zone text, p_day date) returns void language sql as $$
  with
  begun as materialized (select * from sessions_of_day(p_company_id, p_time_zone, p_day))
  insert into session_traits (company_id, trait_key, kind, page, referrer_domain, channel, utm_source, utm_medium, utm_campaign,
                              device_type, browser, os, is_signed_in, country, region, city)
  select p_company_id, t.*
  from (
    select trait_key('page', array[page]) as trait_key, 'page' as kind, page, null, null, null, null, null, null, null, null, null::boolean, null, null, null
    from (select entry_page as page from begun union select exit_page from begun) pages
    union all
    select trait_key('source', array[referrer_domain, channel, utm_source, utm_medium, utm_campaign]),
           'source', null, referrer_domain, channel, utm_source, utm_medium, utm_campaign, null, null, null, null, null, null, null
    from (select distinct referrer_domain, channel, utm_source, utm_medium, utm_campaign from begun) sources
    union all
    select trait_key('client', array[device_type, browser, os, is_signed_in::text]),
           'client', null, null, null, null, null, null, device_type, browser, os, is_signed_in, null, null, null
    from (select distinct device_type, browser, os, user_id is not null as is_signed_in from begun) clients
    union all
    select trait_key('place', array[country, region, city]),
           'place', null, null, null, null, null, null, null, null, null, null, country, region, city
    from (select distinct country, region, city from begun) places
  ) t
  where not exists (
    select from session_traits k where k.company_id = p_company_id and k.trait_key = t.trait_key)
  on conflict do nothing
$$;
