-- Who saw which page on sealed days first_day <= day < end_day, each once: of_site is site_id * 2, and 1 more for bots.
-- Strict, so that it is planned by itself and expected to return few rows: it is asked for days outside a chain, and mostly there are none.
create or replace function visitors_of_pages(
  p_company_id int, p_site_ids int[], p_first_day date, p_end_day date, p_include_bots boolean
)
returns table (page_key bigint, of_site bigint, visitor_key bigint) language sql stable strict parallel safe rows 1000 as $$
  select distinct unnest(v.page_keys), v.site_id::bigint << 1 | v.is_bot::int, v.visitor_key
  from sealed_visitor_pages v
  where v.company_id = p_company_id and v.day >= p_first_day and v.day < p_end_day
    and (cardinality(p_site_ids) = 0 or v.site_id = any (p_site_ids)) and (p_include_bots or not v.is_bot)
$$;
