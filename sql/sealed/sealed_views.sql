-- Computes the rows of sealed_views of a day: $1 company, $2 time zone, $3 day. name_traits() comes before; 0 is a trait that a
-- writer brought since then, who took the day's mark away. Times on pages are those of sealed_pages, depths those of
-- sql/metrics/content_from_events.sql.
with
traits as materialized (
  select d.kind, d.key,
         (select x.trait_id from session_traits x where x.company_id = $1::int and x.trait_key = d.trait_key) as trait_id
  from day_traits d
),
placed as (
  select v.site_id, v.is_bot, l.trait_id as place_trait, v.visitor_key, v.session, v.view_no, v.time_us, p.trait_id as page_trait,
         s.trait_id as source_trait, c.trait_id as client_trait, v.load_ms, r.depth, v.minute
  from day_views v
  left join day_depths r on r.session_key = v.session_key and r.site_id = v.site_id and r.is_bot = v.is_bot and r.page_key = v.page_key
  join traits p on p.kind = 'page' and p.key = v.page_key
  join traits s on s.kind = 'source' and s.key = v.source_key
  join traits c on c.kind = 'client' and c.key = v.client_key
  join traits l on l.kind = 'place' and l.key = v.place_key
)
select $1::int as company_id, $3::date as day, site_id, place_trait, is_bot, array_agg(visitor_key order by view_no) as visitor_keys,
       array_agg(time_us order by view_no) as times_us, array_agg(session order by view_no) as sessions,
       array_agg(page_trait order by view_no) as page_traits, array_agg(source_trait order by view_no) as source_traits,
       array_agg(client_trait order by view_no) as client_traits, array_agg(load_ms order by view_no) as loads_ms,
       array_agg(depth order by view_no) as depths, array_agg(minute order by view_no) as minutes
from placed
group by site_id, is_bot, place_trait
