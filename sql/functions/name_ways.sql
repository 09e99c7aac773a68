-- Makes sure that way_codes has a row for every type, name and page of events of the day. To be called when day_codes holds these and
-- before the day's sealed_ways are computed, by the one who seals: there is only one at a time.
create or replace function name_ways(p_company_id int, p_time_zone text, p_day date) returns void language plpgsql as $$
begin
  insert into way_codes (company_id, code, code_key, event_type, event_name, page_path, name_bit, page_bit)
  with
  missing as materialized (
    select d.code_key, d.event_type, d.event_name, d.page_path
    from day_codes d
    where (select k.code from way_codes k where k.company_id = p_company_id and k.code_key = d.code_key) is null
  ),
  -- Names take the bits one after the other, so that those of a company with up to 63 have one each.
  known as materialized (
    select event_type, event_name, min(name_bit) as name_bit from way_codes where company_id = p_company_id group by 1, 2
  ),
  named as (
    select n.event_type, n.event_name, coalesce(k.name_bit, 1::bigint << (
             ((select count(*) from known) + count(*) filter (where k.name_bit is null) over (
               order by n.event_type collate "C", n.event_name collate "C") - 1) % 63)::int) as name_bit
    from (select distinct event_type, event_name from missing) n
    left join known k on k.event_type = n.event_type and coalesce(k.event_name, '') = coalesce(n.event_name, '')
      and (k.event_name is null) = (n.event_name is null)
  )
  select p_company_id, (select coalesce(max(code), 0) from way_codes where company_id = p_company_id)
           + row_number() over (order by m.code_key),
         m.code_key, m.event_type, m.event_name, m.page_path, n.name_bit,
         1::bigint << (((hashtextextended(coalesce(m.page_path, ''), 0) % 63) + 63) % 63)::int
  from missing m
  join named n on n.event_type = m.event_type and coalesce(n.event_name, '') = coalesce(m.event_name, '')
    and (n.event_name is null) = (m.event_name is null);
end
$$;

-- Former versions read events by events_of_day().
drop function if exists events_of_day(int, text, date);
