-- Makes sure that value_sets has a row for everything that events of the day are of. To be called before the day's sealed_sessions are
-- computed, by the one who seals: there is only one at a time.
create or replace function name_value_sets(p_company_id int, p_time_zone text, p_day date) returns void language sql as $$
  with
  happened as materialized (
    select * from values_of_day(p_company_id, p_time_zone, p_day) where visitor_key is not null
  ),
  -- Of each set that is not there yet, one who has it.
  missing as materialized (
    select distinct on (s.set_key) s.kind, s.set_key, k.session_key, k.visitor_key, k.site_id, k.is_bot
    from (
      select session_key, visitor_key, site_id, is_bot, value_set_key('happened', array_agg(distinct happened_key)) as happened_set_key,
             value_set_key('seen', array_agg(distinct seen_key)) as seen_set_key
      from happened
      group by session_key, visitor_key, site_id, is_bot
    ) k
    cross join lateral (values ('happened', k.happened_set_key), ('seen', k.seen_set_key)) s (kind, set_key)
    where s.set_key not in (select v.set_key from value_sets v where v.company_id = p_company_id)
    order by s.set_key
  )
  insert into value_sets (company_id, set_key, dimensions, value_keys)
  select p_company_id, set_key, array_agg(dimension order by dimension, value_key), array_agg(value_key order by dimension, value_key)
  from (
    select distinct m.set_key, d.dimension, value_key(d.dimension, d.value) as value_key
    from missing m
    join happened h on h.visitor_key = m.visitor_key and h.site_id = m.site_id and h.is_bot = m.is_bot
      and h.session_key is not distinct from m.session_key
    cross join lateral (values
      ('happened', 'any_event', ''), ('happened', 'event_type', h.event_type), ('happened', 'event_name', h.event_name),
      ('seen', 'language', h.language), ('seen', 'screen', h.screen), ('seen', 'utm_term', h.utm_term),
      ('seen', 'utm_content', h.utm_content)
    ) d (kind, dimension, value)
    where d.kind = m.kind
  ) v
  group by set_key
  on conflict do nothing
$$;
