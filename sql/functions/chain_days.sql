-- Brings page_repeats up to date with the sealed days of a time zone, from the first one on that is not chained: of the visitors
-- of these days, on which day before they saw each page last. Chains some days at a time, and returns how many: none is left
-- when it returns 0.
-- To be called by the one who seals, who takes days out of the chain that come after a day sealed anew.
-- Without nested loops, in what it calls too: of tables that grow while days are sealed the planner knows too little, and takes
-- hundreds of thousands of rows for one (two seconds became more than five minutes).
create or replace function chain_days(p_company_id int, p_time_zone text) returns bigint language plpgsql
set enable_nestloop = off as $$
declare
  -- What one call does takes seconds with ten million events.
  c_most_days constant int := 7;
  v_first date;
  v_last date;
  v_days bigint;
begin
  select min(k.day) into v_first
  from sealed_days k
  where k.company_id = p_company_id and k.time_zone = p_time_zone and k.is_sealed
    and not exists (
      select from chained_days c where c.company_id = k.company_id and c.time_zone = k.time_zone and c.day = k.day);
  if v_first is null then
    return 0;
  end if;
  select max(day) into v_last
  from (
    select k.day from sealed_days k
    where k.company_id = p_company_id and k.time_zone = p_time_zone and k.is_sealed and k.day >= v_first
    order by k.day limit c_most_days
  ) next_days;
  delete from chained_days where company_id = p_company_id and time_zone = p_time_zone and day >= v_first;
  delete from page_repeats r using company_zones(p_company_id) z
  where z.time_zone = p_time_zone and r.company_id = p_company_id and r.day >= v_first and (r.site_id = any (z.sites)) = z.is_listed;
  insert into page_repeats (company_id, day, previous_day, site_id, is_bot, page_key, visitors)
  with
  days as materialized (
    select v.site_id, v.is_bot, v.visitor_key, v.day, v.page_keys
    from company_zones(p_company_id) z
    join sealed_visitor_pages v on v.company_id = p_company_id and (v.site_id = any (z.sites)) = z.is_listed
    where z.time_zone = p_time_zone and v.day <= v_last
  ),
  -- Most visitors never come back.
  returning_visitors as (
    select site_id, is_bot, visitor_key from days group by 1, 2, 3 having count(*) > 1 and max(day) >= v_first
  ),
  seen as (
    select d.site_id, d.is_bot, k.page_key, d.day,
           lag(d.day) over (partition by d.site_id, d.is_bot, d.visitor_key, k.page_key order by d.day) as previous_day
    from returning_visitors r
    join days d using (site_id, is_bot, visitor_key)
    cross join lateral unnest(d.page_keys || page_key(null)) k (page_key)
  )
  select p_company_id, day, previous_day, site_id, is_bot, page_key, count(*)
  from seen
  where day >= v_first and previous_day is not null
  group by 2, 3, 4, 5, 6
  order by 2, 6, 3;
  perform chain_breakdowns(p_company_id, p_time_zone, v_first, v_last);
  perform chain_event_values(p_company_id, p_time_zone, v_first, v_last);
  perform chain_returns(p_company_id, p_time_zone, v_first, v_last);
  insert into chained_days (company_id, time_zone, day)
  select company_id, time_zone, day from sealed_days
  where company_id = p_company_id and time_zone = p_time_zone and is_sealed and day between v_first and v_last
  on conflict do nothing;
  get diagnostics v_days = row_count;
  return v_days;
end
$$;
