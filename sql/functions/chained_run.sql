-- The longest run of days of a period, for each time zone in which the company keeps days, that are sealed and chained: of these days
-- distinct visitors can be added up by page_repeats. A row belongs to a zone if (site_id = any (sites)) = is_listed.
create or replace function chained_run(p_company_id int, p_from timestamptz, p_to timestamptz)
returns table (sites int[], is_listed boolean, first_day date, end_day date) language sql stable parallel safe rows 1 as $$
  select distinct on (r.time_zone) r.sites, r.is_listed, r.first_day, r.end_day
  from (
    select d.time_zone, d.sites, d.is_listed, min(d.day) as first_day, max(d.day) + 1 as end_day
    from (
      select z.time_zone, z.sites, z.is_listed, c.day,
             c.day - (row_number() over (partition by z.time_zone order by c.day))::int as run
      from period_parts(p_company_id, p_from, p_to) p
      join company_zones(p_company_id) z on z.sites = p.sites and z.is_listed = p.is_listed
      join chained_days c on c.company_id = p_company_id and c.time_zone = z.time_zone
        and c.day >= p.first_day and c.day < p.end_day
      where p.is_sealed
    ) d
    group by d.time_zone, d.sites, d.is_listed, d.run
  ) r
  order by r.time_zone, r.end_day - r.first_day desc, r.first_day desc
$$;
