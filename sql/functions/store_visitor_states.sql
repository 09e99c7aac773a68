-- Keeps what the sessionizer must know of visitors whose events came without a session.
create or replace function store_visitor_states(p_states jsonb) returns void language sql as $$
  insert into visitor_state as v (company_id, site_id, visitor_id, spans)
  select s.company_id, s.site_id, s.visitor_id, s.spans
  from jsonb_to_recordset(p_states) as s (company_id int, site_id int, visitor_id text, spans jsonb)
  order by 1, 2, 3
  on conflict (company_id, site_id, visitor_id) do update set spans = excluded.spans, updated_at = now()
$$;
