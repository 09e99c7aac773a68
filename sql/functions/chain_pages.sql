-- Says in page_repeats of the visitors of some days of a time zone, on which sealed day before they last saw each page, and last had
-- a session that began or ended there. To be called by chain_days, for the next days in turn: what it says of later ones is taken away.
create or replace function chain_pages(p_company_id int, p_time_zone text, p_first date, p_last date) returns void language sql as $$
  delete from page_repeats r using company_zones(p_company_id) z
  where z.time_zone = p_time_zone and r.company_id = p_company_id and r.day >= p_first and (r.site_id = any (z.sites)) = z.is_listed;

  insert into page_repeats (page_key, company_id, day, site_id, is_bot, dimension, previous_days, up_to)
  with
  traits as materialized (
    select trait_id, page_key(coalesce(page, '')) as page_key from session_traits where company_id = p_company_id and kind = 'page'
  ),
  days as materialized (
    select v.site_id, v.is_bot, v.visitor_key, v.day, v.page_keys
    from company_zones(p_company_id) z
    join sealed_visitor_pages v on v.company_id = p_company_id and (v.site_id = any (z.sites)) = z.is_listed
    where z.time_zone = p_time_zone and v.day <= p_last
      and v.visitor_key in (
        select visitor_key from sealed_visitor_pages where company_id = p_company_id and day >= p_first and day <= p_last)
  ),
  sessions as materialized (
    select distinct s.site_id, s.is_bot, s.visitor_key, s.day, s.entry_trait, s.exit_trait
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
  returning_in_sessions as (
    select site_id, is_bot, visitor_key from sessions group by 1, 2, 3 having min(day) < max(day) and max(day) >= p_first
  ),
  -- 1 saw the page, 2 began a session there, 3 ended one there: numbers, because millions of them are sorted.
  was_there as (
    select 1 as what, d.site_id, d.is_bot, d.visitor_key, d.day, k.page_key
    from returning_visitors r
    join days d using (site_id, is_bot, visitor_key)
    cross join lateral unnest(d.page_keys || page_key(null)) k (page_key)
    union all
    select distinct k.what, s.site_id, s.is_bot, s.visitor_key, s.day, k.page_key
    from returning_in_sessions r
    join sessions s using (site_id, is_bot, visitor_key)
    join traits e on e.trait_id = s.entry_trait
    join traits x on x.trait_id = s.exit_trait
    cross join lateral (values (2, e.page_key), (3, x.page_key), (2, page_key(null)), (3, page_key(null))) k (what, page_key)
  ),
  seen as (
    select what, site_id, is_bot, page_key, day,
           lag(day) over (partition by visitor_key, page_key, what, site_id, is_bot order by day) as previous_day
    from was_there
  ),
  counted as (
    select day, site_id, is_bot, what, page_key, previous_day, count(*) as visitors
    from seen
    where day >= p_first and previous_day is not null
    group by 1, 2, 3, 4, 5, 6
  ),
  added_up as (
    select day, site_id, is_bot, what, page_key, previous_day,
           sum(visitors) over (partition by day, site_id, is_bot, what, page_key order by previous_day)::int as up_to
    from counted
  )
  select page_key, p_company_id, day, site_id, is_bot, (array['page', 'entry_page', 'exit_page'])[what],
         array_agg(previous_day order by previous_day), array_agg(up_to order by previous_day)
  from added_up
  group by day, site_id, is_bot, what, page_key
  order by what, day
$$;
