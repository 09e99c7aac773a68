-- How many see a form, begin it and send it, counted from events one by one?
--
-- A row for each page and form (by its CSS selector). views: custom events form_view, once each time it comes into sight on a page
-- that was loaded; starts: custom events form_start, the first input of a form before it is sent; both name the form in the
-- property form, as the tracker sends them. submits: events form_submit. viewers, starters, submitters: distinct visitors with such
-- an event. A sender may tell less: a form that is sent without a view was not seen coming. median_seconds: from the first
-- input to the submit, of submits that tell it. Most submits first, then most starts, then views, equals by page and form. The
-- last row, is_total, says in submits how many forms there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 row_limit integer: how many rows
-- $7 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/forms_from_events.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 50, 0);") | psql
with
steps as materialized (
  select coalesce(e.page_path, '') as page,
         coalesce(case e.event_type when 'form_submit' then e.element_selector else e.metadata ->> 'form' end, '') as form,
         case when e.event_type = 'form_submit' then 'submit' when e.event_name = 'form_start' then 'start' else 'view' end as step,
         e.site_id, e.is_bot, e.visitor_id, case when e.event_type = 'form_submit' then nullif(e.duration_ms, 0) end as duration_ms
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (e.event_type = 'form_submit' or (e.event_type = 'custom' and e.event_name in ('form_view', 'form_start')))
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
),
forms as materialized (
  select page, form, count(*) filter (where step = 'view') as views, count(*) filter (where step = 'start') as starts,
         count(*) filter (where step = 'submit') as submits,
         count(distinct (site_id, is_bot, visitor_id)) filter (where step = 'view' and visitor_id is not null) as viewers,
         count(distinct (site_id, is_bot, visitor_id)) filter (where step = 'start' and visitor_id is not null) as starters,
         count(distinct (site_id, is_bot, visitor_id)) filter (where step = 'submit' and visitor_id is not null) as submitters,
         percentile_cont(0.5) within group (order by duration_ms) / 1000 as median_seconds
  from steps
  group by page, form
),
ranked as (
  select *, row_number() over (
    order by submits desc, starts desc, views desc, page collate "C", form collate "C") as place
  from forms
)
select is_total, page, form, views, starts, submits, viewers, starters, submitters, median_seconds
from (
  select false as is_total, place, page, form, views, starts, submits, viewers, starters, submitters, median_seconds
  from ranked
  where place > $7::int and place <= $7::int + $6::int
  union all
  select true, null, '', '', null, null, count(*), null, null, null, null from forms
) rows
order by is_total, place;
