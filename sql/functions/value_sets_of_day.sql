-- What the events of a day are of, by session and visitor: the keys of their rows in value_sets. Visitors without a session too.
create or replace function value_sets_of_day(p_company_id int, p_time_zone text, p_day date)
returns table (session_key bigint, visitor_key bigint, site_id int, is_bot boolean, happened_set_key bigint, seen_set_key bigint)
language sql stable as $$
  select session_key, visitor_key, site_id, is_bot, value_set_key('happened', array_agg(distinct happened_key)),
         value_set_key('seen', array_agg(distinct seen_key))
  from values_of_day(p_company_id, p_time_zone, p_day)
  where visitor_key is not null
  group by session_key, visitor_key, site_id, is_bot
$$;
