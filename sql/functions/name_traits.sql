-- Makes sure that session_traits has a row for everything that sessions of the day have in common, and its page views and web vitals.
-- To be called before the day's sealed tables are computed, by the one who seals: there is only one at a time. Of events, unlike
-- sessions, an empty page is no page.
create or replace function name_traits(p_company_id int, p_time_zone text, p_day date) returns void language sql as $$
  with
  begun as materialized (select * from sessions_of_day(p_company_id, p_time_zone, p_day)),
  seen as materialized (
    select nullif(page_path, '') as page, referrer_domain, channel, utm_source, utm_medium, utm_campaign, device_type, browser, os,
           user_id is not null as is_signed_in, country, region, city
    from events_of_day(p_company_id, p_time_zone, p_day)
    where event_type in ('page_view', 'web_vital')
  )
  insert into session_traits (company_id, trait_key, kind, page, referrer_domain, channel, utm_source, utm_medium, utm_campaign,
                              device_type, browser, os, is_signed_in, country, region, city)
  select p_company_id, t.*
  from (
    select trait_key('page', array[page]) as trait_key, 'page' as kind, page, null, null, null, null, null, null, null, null, null::boolean, null, null, null
    from (select entry_page as page from begun union select exit_page from begun union select page from seen) pages
    union all
    select trait_key('source', array[referrer_domain, channel, utm_source, utm_medium, utm_campaign]),
           'source', null, referrer_domain, channel, utm_source, utm_medium, utm_campaign, null, null, null, null, null, null, null
    from (
      select referrer_domain, channel, utm_source, utm_medium, utm_campaign from begun
      union
      select referrer_domain, channel, utm_source, utm_medium, utm_campaign from seen
    ) sources
    union all
    select trait_key('client', array[device_type, browser, os, is_signed_in::text]),
           'client', null, null, null, null, null, null, device_type, browser, os, is_signed_in, null, null, null
    from (
      select device_type, browser, os, user_id is not null as is_signed_in from begun
      union
      select device_type, browser, os, is_signed_in from seen
    ) clients
    union all
    select trait_key('place', array[country, region, city]),
           'place', null, null, null, null, null, null, null, null, null, null, country, region, city
    from (select country, region, city from begun union select country, region, city from seen) places
  ) t
  where not exists (
    select from session_traits k where k.company_id = p_company_id and k.trait_key = t.trait_key)
  on conflict do nothing
$$;
