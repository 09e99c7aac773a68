-- The key of a visit: what a session does on a day, on a site, and as a bot's or not. None without a session.
create or replace function visit_key(p_session_id text, p_day date, p_site_id int, p_is_bot boolean) returns bigint
language sql immutable parallel safe as $$
  select hashtextextended(p_session_id, (p_day - date '2000-01-01') * 4294967296 + p_site_id * 2::bigint + p_is_bot::int)
$$;
