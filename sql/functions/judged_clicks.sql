-- The clicks of the sites of a time zone, from p_from on and before p_to, each with what its session did around it on the same day
-- of that zone; what happened before p_from does not count. A session is told apart by site and by whether it is a bot's.
-- marks is a sum of: 1 the first of its session on this page and element on that day, 2 on this element, 4 at all; 8, 16 and 32 the same
-- of its visitor; 64 it belongs to a rage, 128 a rage begins with it, 256 it is dead. Rage and dead clicks are those of clicked_elements.sql
-- with the usual numbers: 3 clicks within 1 second, and 3 seconds without an answer, also after p_to.
-- Strict, so that it is not put into the query that asks, of which the planner would expect one row.
create or replace function judged_clicks(
  p_company_id int, p_time_zone text, p_sites int[], p_is_listed boolean, p_from timestamptz, p_to timestamptz)
returns table (
  event_timestamp timestamptz, event_id uuid, site_id int, is_bot boolean, day date, session_key bigint, visitor_key bigint,
  page text, element text, label text, kind text, marks smallint
) language sql stable strict parallel safe rows 10000 as $$
  with
  -- nth: the order of time. scope: the day, the site and whether a bot, for keys of the session and the visitor within these.
  clicks as materialized (
    select at, sequence, event_id, nth, site_id, is_bot, day, hashtextextended(session_id, 0) as session_key,
           hashtextextended(visitor_id, 0) as visitor_key, hashtextextended(session_id, scope) as session_scope,
           hashtextextended(visitor_id, scope) as visitor_scope, page, element, label, kind, is_link,
           hashtextextended(coalesce(element, ''), 0) as element_key,
           hashtextextended(page, hashtextextended(coalesce(element, ''), 0)) as page_key
    from (
      select *, ((day - date '2000-01-01')::bigint << 32) | (site_id::bigint << 1) | is_bot::int as scope
      from (
        select e.event_timestamp as at, e.sequence, e.event_id, row_number() over (order by e.event_timestamp, e.sequence, e.event_id) as nth,
               e.site_id, e.is_bot, (e.event_timestamp at time zone p_time_zone)::date as day, e.session_id, e.visitor_id,
               coalesce(e.page_path, '') as page, nullif(e.element_selector, '') as element, e.element_text as label, e.element_type as kind,
               e.target_url is not null as is_link
        from stored_events e
        where e.company_id = p_company_id and e.event_timestamp >= p_from and e.event_timestamp <= p_to + interval '3 seconds'
          and (e.site_id = any (p_sites)) = p_is_listed and e.event_type = 'click'
      ) e
    ) s
  ),
  -- Only what a session does within 3 seconds after a click can answer it.
  others as (
    select e.event_timestamp as at, e.sequence, e.event_id, e.site_id, e.is_bot, (e.event_timestamp at time zone p_time_zone)::date as day,
           e.session_id
    from stored_events e
    where e.company_id = p_company_id and e.event_timestamp >= p_from and e.event_timestamp <= p_to + interval '3 seconds'
      and (e.site_id = any (p_sites)) = p_is_listed and e.event_type not in ('click', 'hover', 'web_vital')
      and exists (
        select from (
          select session_key, date_bin('3 seconds', at, 'epoch') as moment from clicks
          union all
          select session_key, date_bin('3 seconds', at, 'epoch') + interval '3 seconds' from clicks
        ) c
        where c.session_key = hashtextextended(e.session_id, 0) and c.moment = date_bin('3 seconds', e.event_timestamp, 'epoch'))
  ),
  -- Clicks on one element that nothing else interrupts belong together: what comes after them all is their answer.
  answered as (
    select nth
    from (
      select nth, at, min(at) filter (where is_other) over (w rows between unbounded preceding and 1 preceding) as next_at
      from (
        select *, page_key is null or page_key is distinct from lead(page_key) over w as is_other
        from (
          select at, sequence, event_id, nth, session_scope, case when element is not null then page_key end as page_key
          from clicks
          where session_key is not null
          union all
          select at, sequence, event_id, null,
                 hashtextextended(session_id, ((day - date '2000-01-01')::bigint << 32) | (site_id::bigint << 1) | is_bot::int), null
          from others
        ) both_kinds
        window w as (partition by session_scope order by at desc, sequence desc, event_id desc)
      ) s
      window w as (partition by session_scope order by at desc, sequence desc, event_id desc)
    ) n
    where nth is not null and next_at <= at + interval '3 seconds'
  ),
  -- How long a click took with two more on the element: two after it, one on each side, two before it, and two before the one before it.
  beside as (
    select *, lead(at, 2) over w - at as after_it, lead(at) over w - lag(at) over w as around_it, at - lag(at, 2) over w as before_it,
           lag(at) over w - lag(at, 3) over w as earlier, at - lag(at) over w as since_last, row_number() over w as nth_on_page
    from (
      select nth, at, session_scope, visitor_scope, element_key, page_key, element is not null as has_element
      from clicks
      where at < p_to
    ) c
    window w as (partition by session_scope, element_key, page_key order by nth)
  ),
  marked as (
    select nth,
           case when session_scope is null then 0
                else (nth_on_page = 1)::int
                     + 2 * (min(nth) over (partition by session_scope, element_key) = nth)::int
                     + 4 * (min(nth) over (partition by session_scope) = nth)::int
                     + case when not has_element or not least(after_it, around_it, before_it) <= interval '1 second' then 0
                            when since_last <= interval '1 second' and least(around_it, before_it, earlier) <= interval '1 second' then 64
                            else coalesce(192 * (least(after_it, around_it, before_it) <= interval '1 second')::int, 0) end end
           + case when visitor_scope is null then 0
                  else 8 * (min(nth) over (partition by visitor_scope, element_key, page_key) = nth)::int
                       + 16 * (min(nth) over (partition by visitor_scope, element_key) = nth)::int
                       + 32 * (min(nth) over (partition by visitor_scope) = nth)::int end as marks
    from beside
  )
  select c.at, c.event_id, c.site_id, c.is_bot, c.day, c.session_key, c.visitor_key, c.page, coalesce(c.element, ''), c.label, c.kind,
         (m.marks + case when a.nth is not null or c.session_key is null or c.is_link
                           or c.kind ~ '^(select|textarea|option|label|input(?!:(submit|button|image|reset)$))' then 0 else 256 end)::smallint
  from marked m
  join clicks c using (nth)
  left join answered a using (nth)
$$;
