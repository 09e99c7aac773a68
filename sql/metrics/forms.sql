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
parts as materialized (
  select *, cardinality(sites) = 0 and not is_listed as is_all_sites from period_parts($1::int, $3::timestamptz, $4::timestamptz)
),
raw as materialized (
  select coalesce(e.page_path, '') as page,
         coalesce(case e.event_type when 'form_submit' then e.element_selector else e.metadata ->> 'form' end, '') as form,
         case when e.event_type = 'form_submit' then 's' when e.event_name = 'form_start' then 'b' else 'v' end::"char" as step,
         e.site_id, e.is_bot, hashtextextended(e.visitor_id, 0) as visitor_key,
         case when e.event_type = 'form_submit' then nullif(e.duration_ms, 0) end as duration_ms
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
-- Steps go by the key of the page and form, as elements do in click_repeats, and visitors by their key on their site. Forms have no words.
traits as materialized (
  select trait_id, click_key(coalesce(page_path, ''), element_selector) as form_key, coalesce(page_path, '') as page,
         coalesce(element_selector, '') as form
  from click_traits
  where company_id = $1::int and kind = 'element' and element_text is null and element_type is null
),
steps as materialized (
  select t.form_key, c.step, c.visitor_key # hashint8extended((c.site_id::bigint << 1) | c.is_bot::int, 0) as visitor_key,
         case when c.step = 's' then nullif(c.duration_ms, 0) end as duration_ms
  from parts p
  join sealed_form_steps c on p.is_sealed and c.company_id = $1::int and c.day >= p.first_day and c.day < p.end_day
    and (p.is_all_sites or (c.site_id = any (p.sites)) = p.is_listed)
  join traits t on t.trait_id = c.element_trait
  where (cardinality($2::int[]) = 0 or c.site_id = any ($2::int[])) and ($5::bool or not c.is_bot)
    and true /* filters: clicks c */
  union all
  select click_key(page, form), step, visitor_key # hashint8extended((site_id::bigint << 1) | is_bot::int, 0), duration_ms from raw
),
-- A visitor counts once.
counts as materialized (
  select form_key, sum(steps) filter (where step = 'v') as views, sum(steps) filter (where step = 'b') as starts,
         sum(steps) filter (where step = 's') as submits, sum(visitors) filter (where step = 'v') as viewers,
         sum(visitors) filter (where step = 'b') as starters, sum(visitors) filter (where step = 's') as submitters
  from (select form_key, step, count(*) as steps, count(distinct visitor_key) as visitors from steps group by form_key, step) by_step
  group by form_key
),
forms as (
  select c.form_key, c.views, c.starts, c.submits, c.viewers, c.starters, c.submitters, n.page, n.form
  from counts c
  join (
    select distinct on (form_key) form_key, page, form
    from (
      select form_key, page, form from traits where form_key in (select form_key from counts)
      union all
      select click_key(page, form), page, form from raw
    ) names
    order by form_key
  ) n using (form_key)
),
ranked as materialized (
  select *, row_number() over (
    order by submits desc nulls last, starts desc nulls last, views desc nulls last, page collate "C", form collate "C") as place
  from forms
),
shown as materialized (select * from ranked where place > $7::int and place <= $7::int + $6::int),
medians as (
  select form_key, percentile_cont(0.5) within group (order by duration_ms) / 1000 as median_seconds
  from steps
  where duration_ms is not null and form_key in (select form_key from shown)
  group by form_key
)
select is_total, page, form, views, starts, submits, viewers, starters, submitters, median_seconds
from (
  select false as is_total, s.place, s.page, s.form, coalesce(s.views, 0) as views, coalesce(s.starts, 0) as starts,
         coalesce(s.submits, 0) as submits, coalesce(s.viewers, 0) as viewers, coalesce(s.starters, 0) as starters,
         coalesce(s.submitters, 0) as submitters, m.median_seconds
  from shown s
  left join medians m using (form_key)
  union all
  select true, null, '', '', null, null, count(*), null, null, null, null from counts
) rows
order by is_total, place;
