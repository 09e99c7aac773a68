-- The sessions that began on a day, of the sites that keep a time zone, as sealed days hold them. Plain enough for the planner
-- to put it into the query that asks.
create or replace function sessions_of_day(p_company_id int, p_time_zone text, p_day date)
returns setof sessions language sql stable as $$
  select s.*
  from company_zones(p_company_id) z
  join sessions s on s.company_id = p_company_id
    and s.started_at >= first_moment(p_day, p_time_zone) and s.started_at < first_moment(p_day + 1, p_time_zone)
    and (s.site_id = any (z.sites)) = z.is_listed
  where z.time_zone = p_time_zone
$$;
