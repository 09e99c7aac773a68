-- The time zones in which a company keeps its days, each with its sites: those of `sites`, or, in one zone, all but these. So a
-- company of one zone needs no look at sites, and what belongs to a site that is not there belongs to exactly one zone:
-- UTC, or the first by name where no site keeps UTC.
create or replace function company_zones(p_company_id int)
returns table (time_zone text, sites int[], is_listed boolean) language sql stable parallel safe rows 1 as $$
  with
  named as (select s.time_zone, array_agg(s.site_id) as sites from site s where s.company_id = p_company_id group by 1),
  home as (select coalesce(min(n.time_zone) filter (where n.time_zone = 'UTC'), min(n.time_zone), 'UTC') as time_zone from named n)
  select h.time_zone,
         coalesce((select array_agg(s.site_id) from site s where s.company_id = p_company_id and s.time_zone <> h.time_zone), '{}'),
         false
  from home h
  union all
  select n.time_zone, n.sites, true from named n join home h on h.time_zone <> n.time_zone
$$;
