-- Looks at the days that ended since the last look, at least twice as long ago as late_before says, and lets those with enough
-- events wait to be sealed: reading a small day from raw rows costs less than keeping sums of it. Returns how many wait since now.
create or replace function register_days(p_least_events bigint) returns bigint language sql as $$
  with
  due as materialized (
    select * from (
      select c.company_id, z.time_zone, z.sites, z.is_listed,
             coalesce(t.day, (select (min(r.hour) at time zone z.time_zone)::date from rollup_events_hourly r
                              where r.company_id = c.company_id)) as first_day,
             ((late_before() - (now() - late_before())) at time zone z.time_zone)::date as end_day
      from company c
      cross join lateral company_zones(c.company_id) z
      left join sealed_through t on t.company_id = c.company_id and t.time_zone = z.time_zone
    ) days
    where first_day < end_day
  ),
  waiting as (
    insert into sealed_days (company_id, time_zone, day)
    select d.company_id, d.time_zone, (r.hour at time zone d.time_zone)::date
    from due d
    join rollup_events_hourly r on r.company_id = d.company_id and r.hour >= first_moment(d.first_day, d.time_zone)
      and r.hour < first_moment(d.end_day, d.time_zone) and (r.site_id = any (d.sites)) = d.is_listed
    group by 1, 2, 3
    having sum(r.events) >= p_least_events
    on conflict do nothing
    returning 1
  ),
  looked_at as (
    insert into sealed_through as t (company_id, time_zone, day)
    select company_id, time_zone, end_day from due
    on conflict (company_id, time_zone) do update set day = greatest(t.day, excluded.day)
  )
  select count(*) from waiting
$$;
