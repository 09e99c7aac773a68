-- Computes cohort_returns and visitor_returns of some days of a time zone, and of the days before them that follow the last chained
-- one, which may be too small to be sealed. To be called by chain_days, for the next days in turn: what is there of later ones is
-- taken away. While an older day waits nothing is computed: it takes these days out of the chain when it is sealed.
-- Only of sites that are there: others keep days of zones that nobody knows any more.
create or replace function chain_returns(p_company_id int, p_time_zone text, p_first date, p_last date) returns void language plpgsql as $$
declare
  v_sites int[] := (select array_agg(site_id) from site where company_id = p_company_id and time_zone = p_time_zone);
  v_first date := coalesce((
    select max(day) + 1 from chained_days where company_id = p_company_id and time_zone = p_time_zone and day < p_first), '-infinity');
begin
  delete from cohort_returns where company_id = p_company_id and day >= v_first and site_id = any (v_sites);
  delete from visitor_returns where company_id = p_company_id and day >= v_first and site_id = any (v_sites);
  if exists (
    select from sealed_days where company_id = p_company_id and time_zone = p_time_zone and day < p_first and not is_sealed)
  then
    return;
  end if;

  insert into cohort_returns (company_id, first_day, day, site_id, visitors, first_of_week, first_of_month, second_days, is_bot)
  select p_company_id, v.first_day, d.day, d.site_id, count(*),
         count(*) filter (where d.previous_day is null or d.previous_day < date_trunc('week', d.day::timestamp)),
         count(*) filter (where d.previous_day is null or d.previous_day < date_trunc('month', d.day::timestamp)),
         count(*) filter (where d.previous_day = v.first_day), d.is_bot
  from visitor_days d
  join visitors v on v.company_id = p_company_id and v.site_id = d.site_id and v.is_bot = d.is_bot and v.visitor_key = d.visitor_key
  where d.company_id = p_company_id and d.day >= v_first and d.day <= p_last and d.site_id = any (v_sites)
  group by d.day, v.first_day, d.site_id, d.is_bot
  order by d.day, v.first_day;

  insert into visitor_returns (company_id, day, previous_day, site_id, is_bot, visitor_keys)
  select p_company_id, day, previous_day, site_id, is_bot, array_agg(visitor_key)
  from visitor_days
  where company_id = p_company_id and day >= v_first and day <= p_last and site_id = any (v_sites) and previous_day is not null
  group by day, previous_day, site_id, is_bot
  order by day, previous_day;
end
$$;
