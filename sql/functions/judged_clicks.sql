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
  seen as (
    select e.event_timestamp as at, e.sequence, e.event_id, e.site_id, e.is_bot, (e.event_timestamp at time zone p_time_zone)::date as day,
           hashtextextended(e.session_id, 0) as session_key, e.event_type = 'click' as is_click,
           case when e.event_type = 'click' then hashtextextended(e.visitor_id, 0) end as visitor_key,
           case when e.event_type = 'click' then coalesce(e.page_path, '') end as page,
           case when e.event_type = 'click' then nullif(e.element_selector, '') end as element,
           case when e.event_type = 'click' then e.element_text end as label,
           case when e.event_type = 'click' then e.element_type end as kind,
           e.target_url is not null as is_link
    from user_events e
    where e.company_id = p_company_id and e.event_timestamp >= p_from and e.event_timestamp <= p_to + interval '3 seconds'
      and (e.site_id = any (p_sites)) = p_is_listed and e.event_type not in ('hover', 'web_vital')
      and (e.session_id is not null or e.event_type = 'click')
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
    select at, sequence, event_id, site_id, is_bot, day, session_key, visitor_key, page, element, label, kind,
           session_key is not null and not is_link
             and not coalesce(kind ~ '^(select|textarea|option|label|input(?!:(submit|button|image|reset)$))', false)
             and coalesce(next_at > at + interval '3 seconds', true) as is_dead
    from (
      select *, min(at) over (partition by session_key, site_id, is_bot, day
                              order by run groups between 1 following and 1 following) as next_at
      from numbered
    ) n
    where is_click and at < p_to
  ),
  raging as (
    select *, bool_or(is_first) over (w rows between 2 preceding and current row) as is_rage
    from (
      select *, session_key is not null and element is not null
                and coalesce(lead(at, 2) over w <= at + interval '1 second', false) as is_first
      from clicks
      window w as (partition by session_key, site_id, is_bot, day, element, page order by at, sequence, event_id)
    ) c
    window w as (partition by session_key, site_id, is_bot, day, element, page order by at, sequence, event_id)
  ),
  marked as (
    select *,
           case when session_key is null then 0
                else (row_number() over w = 1)::int
                     + 2 * (row_number() over (
                         partition by session_key, site_id, is_bot, day, element order by at, sequence, event_id) = 1)::int
                     + 4 * (row_number() over (
                         partition by session_key, site_id, is_bot, day order by at, sequence, event_id) = 1)::int end
           + case when visitor_key is null then 0
                  else 8 * (row_number() over (
                         partition by visitor_key, site_id, is_bot, day, element, page order by at, sequence, event_id) = 1)::int
                       + 16 * (row_number() over (
                         partition by visitor_key, site_id, is_bot, day, element order by at, sequence, event_id) = 1)::int
                       + 32 * (row_number() over (
                         partition by visitor_key, site_id, is_bot, day order by at, sequence, event_id) = 1)::int end
           + case when is_rage
                  then 64 + 128 * (not (coalesce(lag(is_rage) over w, false) and lag(at) over w >= at - interval '1 second'))::int
                  else 0 end
           + 256 * is_dead::int as marks
    from raging
    window w as (partition by session_key, site_id, is_bot, day, element, page order by at, sequence, event_id)
  )
  select at, event_id, site_id, is_bot, day, session_key, visitor_key, page, coalesce(element, ''), label, kind, marks::smallint
  from marked
$$;
