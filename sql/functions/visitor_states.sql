-- Reads the sessionizer's states of some visitors: three arrays of equal length.
create or replace function visitor_states(p_company_ids int[], p_site_ids int[], p_visitor_ids text[])
returns table (company_id int, site_id int, visitor_id text, spans jsonb) language sql stable as $$
  select v.company_id, v.site_id, v.visitor_id, v.spans
  from unnest(p_company_ids, p_site_ids, p_visitor_ids) as w (company_id, site_id, visitor_id)
  join visitor_state v using (company_id, site_id, visitor_id)
$$;
