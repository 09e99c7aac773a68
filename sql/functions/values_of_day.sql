-- The events of a day by site, visitor, session and what they are of: of each such group its values ('' where events have none) and counts.
-- In keys, because they are cheaper to group by than texts: happened_key of type and name, seen_key of the rest.
create or replace function values_of_day(p_company_id int, p_time_zone text, p_day date)
returns table (
  site_id int, is_bot boolean, visitor_key bigint, session_key bigint, happened_key bigint, seen_key bigint, event_type text,
  event_name text, language text, screen text, utm_term text, utm_content text, events bigint, page_views bigint
) language sql stable as $$
  select e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key, hashtextextended(e.session_id, 0) as session_key,
         hashtextextended(coalesce(e.event_name, ''), hashtextextended(e.event_type, 0)) as happened_key,
         hashtextextended(coalesce(e.language, ''), hashtextextended(coalesce(e.screen, ''), hashtextextended(coalesce(e.utm_term, ''),
           hashtextextended(coalesce(e.utm_content, ''), 0)))) as seen_key,
         min(e.event_type collate "C"), coalesce(min(e.event_name collate "C"), ''), coalesce(min(e.language collate "C"), ''),
         coalesce(min(e.screen collate "C"), ''), coalesce(min(e.utm_term collate "C"), ''), coalesce(min(e.utm_content collate "C"), ''),
         count(*), count(*) filter (where e.event_type = 'page_view')
  from events_of_day(p_company_id, p_time_zone, p_day) e
  group by 1, 2, 3, 4, 5, 6
$$;
