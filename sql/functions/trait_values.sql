-- The values by which breakdowns of sealed days are kept, of the rows of session_traits: of each its dimension and key, and under
-- a trait of 0 that of all sessions.
create or replace function trait_values(p_company_id int)
returns table (trait_id int, dimension text, value_key bigint) language sql stable parallel safe rows 1000 as $$
  select t.trait_id, d.dimension, value_key(d.dimension, coalesce(d.value, ''))
  from session_traits t
  cross join lateral (values
    ('source', 'referrer', t.referrer_domain), ('source', 'channel', t.channel), ('source', 'utm_source', t.utm_source),
    ('source', 'utm_medium', t.utm_medium), ('source', 'utm_campaign', t.utm_campaign),
    ('client', 'device', t.device_type), ('client', 'browser', t.browser), ('client', 'os', t.os),
    ('client', 'user', case when t.is_signed_in then 'yes' else 'no' end),
    ('place', 'country', t.country), ('place', 'region', t.region), ('place', 'city', t.city)
  ) d (kind, dimension, value)
  where t.company_id = p_company_id and t.kind = d.kind
  union all
  select 0, '', value_key('', '')
$$;
