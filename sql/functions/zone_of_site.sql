-- The time zone in which a site keeps its days, as company_zones has it.
create or replace function zone_of_site(p_company_id int, p_site_id int) returns text language sql stable parallel safe as $$
  select coalesce(
    (select s.time_zone from site s where s.company_id = p_company_id and s.site_id = p_site_id),
    (select z.time_zone from company_zones(p_company_id) z where not z.is_listed))
$$;
