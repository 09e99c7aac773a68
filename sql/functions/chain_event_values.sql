-- Says in breakdown_repeats of the visitors of some days of a time zone, on which sealed day before they last had an event with each
-- value. To be called by chain_days after chain_breakdowns, which takes away what is there of these days and later ones.
create or replace function chain_event_values(p_company_id int, p_time_zone text, p_first date, p_last date) returns void language sql as $$
  insert into breakdown_repeats (value_key, company_id, day, site_id, is_bot, dimension, previous_days, up_to)
  with
  -- A value as a small number, because millions of them are sorted.
  numbered as materialized (
    select set_id, dimension, value_key, dense_rank() over (order by dimension, value_key)::int as number from set_values(p_company_id)
  ),
  named as materialized (select set_id, array_agg(number) as numbers from numbered group by set_id),
  days as materialized (
    select distinct s.site_id, s.is_bot, s.visitor_key, s.day, s.happened_set, s.seen_set
    from company_zones(p_company_id) z
    join (
      select site_id, is_bot, visitor_key, day, happened_set, seen_set from sealed_sessions
      where company_id = p_company_id and day <= p_last and happened_set <> 0
      union all
      select site_id, is_bot, visitor_key, day, happened_set, seen_set from sealed_other_values
      where company_id = p_company_id and day <= p_last
    ) s on (s.site_id = any (z.sites)) = z.is_listed
    where z.time_zone = p_time_zone
      and s.visitor_key in (
        select visitor_key from sealed_sessions where company_id = p_company_id and day >= p_first and day <= p_last
        union
        select visitor_key from sealed_other_values where company_id = p_company_id and day >= p_first and day <= p_last)
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
    join named h on h.set_id = d.happened_set
    join named e on e.set_id = d.seen_set
    cross join lateral unnest(h.numbers || e.numbers) v (number)
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
