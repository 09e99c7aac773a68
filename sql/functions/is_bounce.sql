-- Whether a session bounced: one page view and no other interaction; web vitals are none.
create or replace function is_bounce(p_page_views int, p_interactions int) returns boolean language sql immutable parallel safe as $$
  select p_page_views = 1 and p_interactions = 0
$$;
