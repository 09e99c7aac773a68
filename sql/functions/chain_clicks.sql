-- Says in click_repeats of the visitors of some days of a time zone, on which sealed day before they last clicked on each element, and adds
-- up the weeks of these days that are sealed from end to end. To be called by chain_days, for the next days in turn: what it says of later
-- ones is taken away.
create or replace function chain_clicks(p_company_id int, p_time_zone text, p_first date, p_last date) returns void language sql as $$
  delete from click_repeats r using company_zones(p_company_id) z
  where z.time_zone = p_time_zone and r.company_id = p_company_id and r.day >= p_first and (r.site_id = any (z.sites)) = z.is_listed;

  insert into click_repeats (element_key, company_id, day, site_id, is_bot, previous_days, up_to)
  with
  keys as materialized (
    select trait_id, click_key(coalesce(page_path, ''), element_selector) as element_key, click_key(null, element_selector) as any_page_key
    from click_traits where company_id = p_company_id and kind = 'element'
  ),
  -- The first click of each visitor on each element a day.
  firsts as materialized (
    select c.site_id, c.is_bot, c.visitor_key, c.day, c.element_trait, c.marks
    from company_zones(p_company_id) z
    join sealed_clicks c on c.company_id = p_company_id and (c.site_id = any (z.sites)) = z.is_listed
    where z.time_zone = p_time_zone and c.day <= p_last and c.marks & 56 > 0
      and c.visitor_key in (
        select visitor_key from sealed_clicks where company_id = p_company_id and day >= p_first and day <= p_last)
  ),
  -- Most visitors never come back.
  returning_visitors as (
    select site_id, is_bot, visitor_key from firsts group by 1, 2, 3 having min(day) < max(day) and max(day) >= p_first
  ),
  seen as (
    select f.site_id, f.is_bot, v.element_key, f.day,
           lag(f.day) over (partition by f.visitor_key, v.element_key, f.site_id, f.is_bot order by f.day) as previous_day
    from returning_visitors r
    join firsts f using (site_id, is_bot, visitor_key)
    join keys k on k.trait_id = f.element_trait
    cross join lateral (values (8, k.element_key), (16, k.any_page_key), (32, 0)) v (mark, element_key)
    where f.marks & v.mark > 0
  ),
  counted as (
    select day, site_id, is_bot, element_key, previous_day, count(*) as visitors
    from seen
    where day >= p_first and previous_day < day
    group by 1, 2, 3, 4, 5
  ),
  added_up as (
    select day, site_id, is_bot, element_key, previous_day,
           sum(visitors) over (partition by day, site_id, is_bot, element_key order by previous_day)::int as up_to
    from counted
  )
  select element_key, p_company_id, day, site_id, is_bot, array_agg(previous_day order by previous_day), array_agg(up_to order by previous_day)
  from added_up
  group by element_key, day, site_id, is_bot
  order by element_key, day;

  with
  whole as (
    select w.week
    from (
      select distinct p_first + n - (extract(isodow from p_first + n)::int - 1) as week from generate_series(0, p_last - p_first) n
    ) w
    where not exists (
      select from summed_weeks s where s.company_id = p_company_id and s.time_zone = p_time_zone and s.week = w.week)
      and 7 = (
        select count(*) from sealed_days k
        where k.company_id = p_company_id and k.time_zone = p_time_zone and k.is_sealed and k.day >= w.week and k.day < w.week + 7)
  ),
  former as (
    delete from clicked_weeks c using company_zones(p_company_id) z
    where z.time_zone = p_time_zone and c.company_id = p_company_id and c.week in (select week from whole)
      and (c.site_id = any (z.sites)) = z.is_listed
  ),
  known as (insert into summed_weeks (company_id, time_zone, week) select p_company_id, p_time_zone, week from whole)
  insert into clicked_weeks
  select p_company_id, w.week, s.*
  from whole w
  cross join lateral clicks_of_week(p_company_id, p_time_zone, w.week) s
$$;
