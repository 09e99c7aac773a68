-- What is not sealed of a period, day by day of the clocks of its sites: the moments from_time <= at < to_time, read from raw rows. A row
-- belongs to a day if (site_id = any (sites)) = is_listed.
-- Strict, so that it is planned by itself and expected to return few rows.
create or replace function raw_days(p_company_id int, p_from timestamptz, p_to timestamptz)
returns table (day date, sites int[], is_listed boolean, from_time timestamptz, to_time timestamptz)
language sql stable strict parallel safe rows 2 as $$
  select d.day::date, p.sites, p.is_listed, greatest(p.from_time, first_moment(d.day, z.time_zone)),
         least(p.to_time, first_moment(d.day + interval '1 day', z.time_zone))
  from period_parts(p_company_id, p_from, p_to) p
  join company_zones(p_company_id) z on z.sites = p.sites and z.is_listed = p.is_listed
  cross join lateral generate_series(
    (p.from_time at time zone z.time_zone)::date::timestamp, p.to_time at time zone z.time_zone, interval '1 day') d (day)
  where not p.is_sealed
$$;
