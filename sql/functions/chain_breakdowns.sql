-- Says in breakdown_repeats of the visitors of some days of a time zone, on which sealed day before they last had a session with each
-- value. To be called by chain_days, for the next days in turn: what it says of later ones is taken away.
create or replace function chain_breakdowns(p_company_id int, p_time_zone text, p_first date, p_last date) returns void language sql as $$
  delete from breakdown_repeats r using company_zones(p_company_id) z
  where z.time_zone = p_time_zone and r.company_id = p_company_id and r.day >= p_first and (r.site_id = any (z.sites)) = z.is_listed;

  insert into breakdown_repeats (value_key, company_id, day, site_id, is_bot, dimension, previous_days, up_to)
  with
  -- A value as a small number, because millions of them are sorted.
  numbered as materialized (
    select trait_id, dimension, value_key, dense_rank() over (order by dimension, value_key)::int as number from trait_values(p_company_id)
  ),
  named as materialized (select trait_id, array_agg(number) as numbers from numbered group by trait_id),
  days as materialized (
    select distinct s.site_id, s.is_bot, s.visitor_key, s.day, s.source_trait, s.client_trait, s.place_trait
    from company_zones(p_company_id) z
    join sealed_sessions s on s.company_id = p_company_id and (s.site_id = any (z.sites)) = z.is_listed
    where z.time_zone = p_time_zone and s.visitor_key is not null and s.day <= p_last
      and s.visitor_key in (
        select visitor_key from sealed_sessions where company_id = p_company_id and day >= p_first and day <= p_last)
  ),
  -- Most visitors never come back.
  returning_visitors as (
    select site_id, is_bot, visitor_key from days group by 1, 2, 3 having min(day) < max(day) and max(day) >= p_first
  ),
  seen as (
    select d.site_id, d.is_bot, v.number, d.day,
           lag(d.day) over (partition by d.visitor_key, v.number, d.site_id, d.is_bot order by d.day) as previous_day
    from returning_visitors r
    join days d using (site_id, is_bot, visitor_key)
    join named s on s.trait_id = d.source_trait
    join named c on c.trait_id = d.client_trait
    join named p on p.trait_id = d.place_trait
    join named a on a.trait_id = 0
    cross join lateral unnest(s.numbers || c.numbers || p.numbers || a.numbers) v (number)
  ),
  counted as (
    select day, site_id, is_bot, number, previous_day, count(*) as visitors
    from seen
    where day >= p_first and previous_day < day
    group by 1, 2, 3, 4, 5
  ),
  added_up as (
    select day, site_id, is_bot, number, previous_day,
           sum(visitors) over (partition by day, site_id, is_bot, number order by previous_day)::int as up_to
    from counted
  )
  select v.value_key, p_company_id, r.day, r.site_id, r.is_bot, v.dimension, array_agg(r.previous_day order by r.previous_day),
         array_agg(r.up_to order by r.previous_day)
  from added_up r
  join (select distinct number, dimension, value_key from numbered) v using (number)
  group by 1, 3, 4, 5, 6
  order by 6, 3
$$;
