-- Keeps the user agents of a batch, [[company, key, user agent, device type, browser, its version, system, its version], …],
-- that are not kept yet. Their key is made of their content, so one that is there is the same.
create or replace function store_user_agents(p_agents jsonb) returns void language sql as $$
  insert into user_agents (company_id, agent_key, user_agent, device_type, browser, browser_version, os, os_version)
  select (a ->> 0)::int, (a ->> 1)::bigint, nullif(a ->> 2, ''), nullif(a ->> 3, ''), nullif(a ->> 4, ''),
         nullif(a ->> 5, ''), nullif(a ->> 6, ''), nullif(a ->> 7, '')
  from jsonb_array_elements(p_agents) a
  order by 1, 2
  on conflict do nothing
$$;
