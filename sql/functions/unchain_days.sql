-- Takes a day of a time zone and every later one out of the chain, and the sums of pages and of clicks over days that have it: what they say of the
-- visitors may not be true any more. To be called in the transaction that changes what is sealed of the day.
create or replace function unchain_days(p_company_id int, p_time_zone text, p_day date) returns void language sql as $$
  delete from chained_days where company_id = p_company_id and time_zone = p_time_zone and day >= p_day;
  delete from sealed_page_spans s using company_zones(p_company_id) z
  where z.time_zone = p_time_zone and s.company_id = p_company_id and s.first_day + s.span_days > p_day
    and (s.site_id = any (z.sites)) = z.is_listed;
  delete from summed_weeks where company_id = p_company_id and time_zone = p_time_zone and week + 7 > p_day;
$$;
