-- Chains the sealed days of a time zone, from the first one on that is not chained: says of the visitors of these days on which day before
-- they were there (page_repeats, breakdown_repeats), and adds up weeks of them (sealed_page_spans). Some days at a time; returns how many:
-- none is left when it returns 0.
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
  perform unchain_days(p_company_id, p_time_zone, v_first);
  perform chain_pages(p_company_id, p_time_zone, v_first, v_last);
  perform chain_breakdowns(p_company_id, p_time_zone, v_first, v_last);
  perform chain_event_values(p_company_id, p_time_zone, v_first, v_last);
  perform chain_returns(p_company_id, p_time_zone, v_first, v_last);
  perform chain_clicks(p_company_id, p_time_zone, v_first, v_last);
  insert into chained_days (company_id, time_zone, day)
  select company_id, time_zone, day from sealed_days
  where company_id = p_company_id and time_zone = p_time_zone and is_sealed and day between v_first and v_last
  on conflict do nothing;
  get diagnostics v_days = row_count;
  perform make_page_spans(p_company_id, p_time_zone, v_first, v_last);
  return v_days;
end
$$;
