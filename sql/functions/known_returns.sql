-- Up to which day, inclusive, cohort_returns and visitor_returns hold what visitor_days says of a company's site: the last chained
-- day with none before it that waits to be sealed or chained. Sites of which nothing is known are left out.
create or replace function known_returns(p_company_id int)
returns table (site_id int, last_day date) language sql stable parallel safe rows 3 as $$
  select s.site_id, max(k.day)
  from site s
  join (
    select d.time_zone, d.day,
           bool_and(d.is_sealed and c.day is not null) over (partition by d.time_zone order by d.day) as is_known
    from sealed_days d
    left join chained_days c on c.company_id = d.company_id and c.time_zone = d.time_zone and c.day = d.day
    where d.company_id = p_company_id
  ) k on k.time_zone = s.time_zone and k.is_known
  where s.company_id = p_company_id
  group by s.site_id
$$;
