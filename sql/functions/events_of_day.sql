-- The events of a day, of the sites that keep a time zone, as sealed days hold them. Plain enough for the planner to put it into
-- the query that asks.
create or replace function events_of_day(p_company_id int, p_time_zone text, p_day date)
returns setof user_events language sql stable as $$
  select e.*
  from company_zones(p_company_id) z
  join user_events e on e.company_id = p_company_id
    and e.event_timestamp >= first_moment(p_day, p_time_zone) and e.event_timestamp < first_moment(p_day + 1, p_time_zone)
    and (e.site_id = any (z.sites)) = z.is_listed
  where z.time_zone = p_time_zone
$$;
