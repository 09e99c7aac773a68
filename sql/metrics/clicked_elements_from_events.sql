-- Which elements are clicked, and where do clicks tell of trouble, counted from events one by one?
--
-- By page and element, or by element over all pages; '' where a click has none. clicks, sessions, visitors: in the period; a session
-- that goes on after midnight counts on both days.
-- label and kind: the commonest text and type.
-- Rage clicks are fast clicks on one element by someone who gets no answer: at least so many clicks of a session on it
-- within so many milliseconds (usually 3 within 1 second). rage_clicks: the clicks that belong to such; rages: how often
-- that happened; those that follow each other within the time are one. A click without session or element is none.
-- A dead click is one that nothing follows: no event of its session within so many milliseconds, other than hovers, web
-- vitals and clicks on the same element. Clicks on links (they may lead away), on fields (they take the focus), and without
-- a session are not judged. It is a hint: a menu that opens without an event looks dead.
-- A click is judged by what its session does on that site on the same day, from the start of the period on; filters choose clicks, and
-- what surrounds a click counts whether it matches or not, what follows it also after the period. The last row, is_total, is of all
-- elements; elements: how many.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 by_page boolean: the same element on two pages is two
-- $7 rage_least integer: how many clicks are rage
-- $8 rage_ms integer: within how many milliseconds
-- $9 dead_ms integer: after how many milliseconds without anything a click is dead
-- $10 order_by text: clicks, rages or dead; greatest first, equals by page and element
-- $11 row_limit integer: how many rows
-- $12 row_offset integer: how many rows to leave out before them
-- version: 2
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/clicked_elements_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, true, 3, 1000, 3000, 'clicks', 50, 0);") | psql
with
seen as (
  select e.event_timestamp as at, e.sequence, e.event_id, e.site_id, e.is_bot, (e.event_timestamp at time zone z.time_zone)::date as day,
         hashtextextended(e.session_id, 0) as session_key, hashtextextended(e.visitor_id, 0) as visitor_key,
         e.event_type = 'click' as is_click, coalesce(e.page_path, '') as page, nullif(e.element_selector, '') as element,
         e.element_text as label, e.element_type as kind, e.target_url is not null as is_link, true /* filters: events e */ as matches
  from user_events e
  join company_zones($1::int) z on (e.site_id = any (z.sites)) = z.is_listed
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz
    and e.event_timestamp <= $4::timestamptz + $9::int * interval '1 millisecond'
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and e.event_type not in ('hover', 'web_vital')
),
-- Clicks on one element that nothing else interrupts have one number.
numbered as (
  select *, sum(begins) over (partition by session_key, site_id, is_bot, day order by at, sequence, event_id) as run
  from (
    select *, case when is_click and lag(is_click) over w and element = lag(element) over w and page = lag(page) over w
                   then 0 else 1 end as begins
    from seen
    window w as (partition by session_key, site_id, is_bot, day order by at, sequence, event_id)
  ) s
),
clicks as (
  select at, sequence, event_id, site_id, is_bot, day, session_key, visitor_key, page, element, label, kind, matches,
         session_key is not null and not is_link
           and not coalesce(kind ~ '^(select|textarea|option|label|input(?!:(submit|button|image|reset)$))', false)
           and coalesce(next_at > at + $9::int * interval '1 millisecond', true) as is_dead
  from (
    select *, min(at) over (partition by session_key, site_id, is_bot, day
                            order by run groups between 1 following and 1 following) as next_at
    from numbered
  ) n
  where is_click and at < $4::timestamptz
),
raging as (
  select *, bool_or(is_first) over (w rows between $7::int - 1 preceding and current row) as is_rage
  from (
    select *, session_key is not null and element is not null
              and coalesce(lead(at, $7::int - 1) over w <= at + $8::int * interval '1 millisecond', false) as is_first
    from clicks
    window w as (partition by session_key, site_id, is_bot, day, page, element order by at, sequence, event_id)
  ) c
  window w as (partition by session_key, site_id, is_bot, day, page, element order by at, sequence, event_id)
),
judged as materialized (
  select case when $6::bool then page else '' end as page, coalesce(element, '') as element, label, kind, session_key, visitor_key,
         site_id, is_bot, day, is_dead, is_rage, matches,
         is_rage and not (coalesce(lag(is_rage) over w, false)
                          and lag(at) over w >= at - $8::int * interval '1 millisecond') as begins_rage
  from raging
  window w as (partition by session_key, site_id, is_bot, day, page, element order by at, sequence, event_id)
),
groups as (
  select page, element, grouping(page) = 1 as is_total,
         case when grouping(page) = 0 then mode() within group (order by label collate "C") end as label,
         case when grouping(page) = 0 then mode() within group (order by kind collate "C") end as kind,
         count(*) as clicks, count(distinct (day, site_id, is_bot, session_key)) filter (where session_key is not null) as sessions,
         count(distinct (site_id, is_bot, visitor_key)) filter (where visitor_key is not null) as visitors,
         count(*) filter (where is_rage) as rage_clicks, count(*) filter (where begins_rage) as rages,
         count(*) filter (where is_dead) as dead_clicks
  from judged
  where matches
  group by grouping sets ((page, element), ())
),
ranked as materialized (
  select *, case $10::text when 'rages' then rages when 'dead' then dead_clicks else clicks end as rank from groups
)
select is_total, coalesce(page, '') as page, coalesce(element, '') as element, label, kind, clicks, sessions, visitors,
       rage_clicks, rages, dead_clicks, case when is_total then (select count(*) - 1 from ranked) end as elements
from (
  (select * from ranked where not is_total
   order by rank desc, page collate "C", element collate "C" limit $11::int offset $12::int)
  union all
  select * from ranked where is_total
) rows
order by is_total, rank desc, page collate "C", element collate "C";
