-- Divides a period by what is known of it, for each time zone in which the company keeps days:
--   is_sealed       the days first_day <= day < end_day, all of the period and all sealed: read from the tables of sql/sealed
--   not is_sealed   the moments from_time <= at < to_time: read from raw rows
-- A row belongs to a part if (site_id = any (sites)) = is_listed. Together the parts are exactly the period, and what is sealed
-- is what the statement's own snapshot sees.
create or replace function period_parts(p_company_id int, p_from timestamptz, p_to timestamptz)
returns table (
  is_sealed boolean, from_time timestamptz, to_time timestamptz, first_day date, end_day date, sites int[], is_listed boolean
) language sql stable parallel safe rows 2 as $$
  with
  zones as materialized (
    select z.*, f.from_day + (first_moment(f.from_day, z.time_zone) < p_from)::int as first_day,
           (p_to at time zone z.time_zone)::date as end_day
    from company_zones(p_company_id) z
    cross join lateral (select (p_from at time zone z.time_zone)::date as from_day) f
  ),
  -- Sealed days that follow each other.
  runs as (
    select d.time_zone, min(d.day) as first_day, max(d.day) + 1 as end_day
    from (
      select k.time_zone, k.day, k.day - (row_number() over (partition by k.time_zone order by k.day))::int as run
      from zones z
      join sealed_days k on k.company_id = p_company_id and k.time_zone = z.time_zone and k.is_sealed
        and k.day >= z.first_day and k.day < z.end_day
    ) d
    group by d.time_zone, d.run
  ),
  known as materialized (
    select r.*, first_moment(r.first_day, r.time_zone) as from_time, first_moment(r.end_day, r.time_zone) as to_time from runs r
  ),
  parts as (
    select true as is_sealed, k.* from known k
    union all
    select false, k.time_zone, null, null, lag(k.to_time, 1, p_from) over (partition by k.time_zone order by k.from_time), k.from_time
    from known k
    union all
    select false, z.time_zone, null, null, coalesce(max(k.to_time), p_from), p_to
    from zones z
    left join known k on k.time_zone = z.time_zone
    group by z.time_zone
  )
  select p.is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, z.sites, z.is_listed
  from parts p
  join zones z on z.time_zone = p.time_zone
  where p.from_time < p.to_time
$$;
