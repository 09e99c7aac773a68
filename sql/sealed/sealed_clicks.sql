-- Computes the rows of sealed_clicks of a day: $1 company, $2 time zone, $3 day. name_click_traits() comes before. marks are those that
-- judged_clicks() gives, which has them from the events themselves; here by keys of pages and selectors (0: none), which are cheaper to
-- sort. Clicks on a page lie side by side for heat_map.sql.
with
traits as materialized (
  select d.kind, d.key, (select x.trait_id from click_traits x where x.company_id = $1::int and x.trait_key = d.trait_key) as trait_id
  from day_click_traits d
),
-- Of each click, what happened next in its session.
followed as (
  select at, event_id, session_key, site_id, is_bot, sequence, next_at, coalesce(click_on = next_click_on, false) as goes_on
  from (
    select event_timestamp as at, event_id, session_key, site_id, is_bot, sequence, event_type = 'click' as is_click, click_on,
           lead(event_timestamp) over w as next_at, lead(click_on) over w as next_click_on
    from day_events
    where event_type not in ('hover', 'web_vital') and session_key is not null
    window w as (partition by session_key, site_id, is_bot order by event_timestamp, sequence, event_id)
  ) e
  where is_click
),
-- Clicks on one element that nothing else interrupts are answered by what comes after the last of them.
answered as (
  select at, event_id, min(next_at) filter (where not goes_on) over (partition by session_key, site_id, is_bot, run) as next_at
  from (
    select *, count(*) filter (where not goes_on) over (
             partition by session_key, site_id, is_bot order by at desc, sequence desc, event_id desc) as run
    from followed
  ) f
),
clicks as (
  select c.event_timestamp as at, c.sequence, c.event_id, c.site_id, c.is_bot, c.session_key, c.visitor_key, c.page_key as page,
         c.selector_key as element, c.element_key, c.visit_key, c.source_key, c.x, c.y,
         c.session_key is not null and not c.is_link
           and not coalesce(c.element_type ~ '^(select|textarea|option|label|input(?!:(submit|button|image|reset)$))', false)
           and coalesce(a.next_at > c.event_timestamp + interval '3 seconds', true) as is_dead
  from day_clicks c
  left join answered a on a.event_id = c.event_id and a.at = c.event_timestamp
  where c.step is null
),
raging as (
  select *, bool_or(is_first) over (w rows between 2 preceding and current row) as is_rage
  from (
    select *, session_key is not null and element <> 0 and coalesce(lead(at, 2) over w <= at + interval '1 second', false) as is_first
    from clicks
    window w as (partition by session_key, element, page, site_id, is_bot order by at, sequence, event_id)
  ) c
  window w as (partition by session_key, element, page, site_id, is_bot order by at, sequence, event_id)
),
marked as (
  select *,
         case when session_key is null then 0
              else (row_number() over w = 1)::int
                   + 2 * (row_number() over (partition by session_key, element, site_id, is_bot order by at, sequence, event_id) = 1)::int
                   + 4 * (row_number() over (partition by session_key, site_id, is_bot order by at, sequence, event_id) = 1)::int end
         + case when visitor_key is null then 0
                else 8 * (row_number() over (partition by visitor_key, element, page, site_id, is_bot order by at, sequence, event_id) = 1)::int
                     + 16 * (row_number() over (partition by visitor_key, element, site_id, is_bot order by at, sequence, event_id) = 1)::int
                     + 32 * (row_number() over (partition by visitor_key, site_id, is_bot order by at, sequence, event_id) = 1)::int end
         + case when is_rage
                then 64 + 128 * (not (coalesce(lag(is_rage) over w, false) and lag(at) over w >= at - interval '1 second'))::int
                else 0 end
         + 256 * is_dead::int as marks
  from raging
  window w as (partition by session_key, element, page, site_id, is_bot order by at, sequence, event_id)
)
select c.visitor_key, $1::int as company_id, $3::date as day, c.site_id, e.trait_id as element_trait, v.trait_id as visit_trait,
       s.trait_id as source_trait,
       case when c.session_key is not null then dense_rank() over (order by c.session_key, c.site_id, c.is_bot)::int end as session_no,
       c.x, c.y, c.marks::smallint as marks, c.is_bot
from marked c
join traits e on e.kind = 'element' and e.key = c.element_key
join traits v on v.kind = 'visit' and v.key = c.visit_key
join traits s on s.kind = 'source' and s.key = c.source_key
order by element_trait
