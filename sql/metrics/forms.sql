-- How many see a form, begin it and send it?
--
-- The columns of forms_from_events.sql, with no filters but on what narrow rows keep: page, referrer, channel, campaign, place, device,
-- browser, system and whether somebody is signed in. Steps of whole days that are sealed come from these rows, the rest from the events.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 row_limit integer: how many rows
-- $7 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: sealed_form_steps_by_day, click_traits; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/forms.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 50, 0);") | psql
with
parts as materialized (select * from period_parts($1::int, $3::timestamptz, $4::timestamptz)),
steps as materialized (
  select coalesce(t.page_path, '') as page, coalesce(t.element_selector, '') as form,
         case c.step when 's' then 'submit' when 'b' then 'start' else 'view' end as step, c.site_id, c.is_bot, c.visitor_key,
         case when c.step = 's' then nullif(c.duration_ms, 0) end as duration_ms
  from parts p
  join sealed_form_steps c on p.is_sealed and c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
    and (c.site_id = any (p.sites)) = p.is_listed
  join click_traits t on t.company_id = $1::int and t.trait_id = c.element_trait
  where (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
    and true /* filters: clicks c */
  union all
  select coalesce(e.page_path, ''),
         coalesce(case e.event_type when 'form_submit' then e.element_selector else e.metadata ->> 'form' end, ''),
         case when e.event_type = 'form_submit' then 'submit' when e.event_name = 'form_start' then 'start' else 'view' end,
         e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0), case when e.event_type = 'form_submit' then nullif(e.duration_ms, 0) end
  from parts p
  cross join lateral (
    select * from user_events r
    where r.company_id = $1::int and r.event_timestamp >= p.from_time and r.event_timestamp < p.to_time
      and (r.event_type = 'form_submit' or (r.event_type = 'custom' and r.event_name in ('form_view', 'form_start')))
    offset 0
  ) e
  where not p.is_sealed and (e.site_id = any (p.sites)) = p.is_listed
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and true /* filters: events e */
),
-- A visitor counts once.
visitors as (
  select page, form, count(*) filter (where step = 'view') as viewers, count(*) filter (where step = 'start') as starters,
         count(*) filter (where step = 'submit') as submitters
  from (select distinct page, form, step, site_id, is_bot, visitor_key from steps where visitor_key is not null) v
  group by page, form
),
forms as materialized (
  select page, form, count(*) filter (where step = 'view') as views, count(*) filter (where step = 'start') as starts,
         count(*) filter (where step = 'submit') as submits, percentile_cont(0.5) within group (order by duration_ms) / 1000 as median_seconds
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
  select false as is_total, r.place, r.page, r.form, r.views, r.starts, r.submits, coalesce(v.viewers, 0) as viewers,
         coalesce(v.starters, 0) as starters, coalesce(v.submitters, 0) as submitters, r.median_seconds
  from ranked r
  left join visitors v using (page, form)
  where r.place > $7::int and r.place <= $7::int + $6::int
  union all
  select true, null, '', '', null, null, count(*), null, null, null, null from forms
) rows
order by is_total, place;
