-- Sums of the marks of sealed clicks of a week, as clicked_weeks holds them.
create or replace function clicks_of_week(p_company_id int, p_time_zone text, p_week date)
returns table (
  site_id int, element_trait int, clicks int, element_sessions int, any_page_sessions int, all_sessions int, element_visitors int,
  any_page_visitors int, all_visitors int, rage_clicks int, rages int, dead_clicks int, is_bot boolean
) language sql stable rows 10000 as $$
  select c.site_id, c.element_trait, count(*)::int, (count(*) filter (where c.marks & 1 > 0))::int,
         (count(*) filter (where c.marks & 2 > 0))::int, (count(*) filter (where c.marks & 4 > 0))::int,
         (count(*) filter (where c.marks & 8 > 0))::int, (count(*) filter (where c.marks & 16 > 0))::int,
         (count(*) filter (where c.marks & 32 > 0))::int, (count(*) filter (where c.marks & 64 > 0))::int,
         (count(*) filter (where c.marks & 128 > 0))::int, (count(*) filter (where c.marks & 256 > 0))::int, c.is_bot
  from company_zones(p_company_id) z
  join sealed_clicks c on c.company_id = p_company_id and c.day >= p_week and c.day < p_week + 7 and (c.site_id = any (z.sites)) = z.is_listed
  where z.time_zone = p_time_zone
  group by c.site_id, c.is_bot, c.element_trait
$$;
