-- The sealed days of a period, by the tables in which pages are summed up: those first_day <= day < end_day in spans of
-- 28 or 7 days (sealed_page_spans) or day by day (sealed_pages, span_days 1). is_chained: in the longest run of chained days, of which
-- visitors can be added up; spans lie in it only. A row belongs to a part if (site_id = any (sites)) = is_listed.
-- Strict, so that it is planned by itself and expected to return few rows.
create or replace function page_parts(p_company_id int, p_from timestamptz, p_to timestamptz)
returns table (sites int[], is_listed boolean, first_day date, end_day date, is_chained boolean, span_days int)
language sql stable strict parallel safe rows 5 as $$
  with
  chain as materialized (select * from chained_run(p_company_id, p_from, p_to)),
  -- Weeks from first_week to end_week lie in the run, and of these four weeks at a time from first_span to end_span.
  weeks as (
    select c.*, w.first_week, greatest(c.end_day - ((c.end_day - date '2000-01-03') % 7 + 7) % 7, w.first_week) as end_week
    from chain c
    cross join lateral (
      select least(c.first_day + ((date '2000-01-03' - c.first_day) % 7 + 7) % 7, c.end_day) as first_week) w
  ),
  spans as (
    select w.*, s.first_span, greatest(w.end_day - ((w.end_day - date '2000-01-03') % 28 + 28) % 28, s.first_span) as end_span
    from weeks w
    cross join lateral (
      select least(w.first_day + ((date '2000-01-03' - w.first_day) % 28 + 28) % 28, w.end_week) as first_span) s
  )
  select s.sites, s.is_listed, r.first_day, r.end_day, true, r.span_days
  from spans s
  cross join lateral (values
    (s.first_day, s.first_week, 1), (s.first_week, s.first_span, 7), (s.first_span, s.end_span, 28), (s.end_span, s.end_week, 7),
    (s.end_week, s.end_day, 1)) r (first_day, end_day, span_days)
  where r.first_day < r.end_day
  union all
  select p.sites, p.is_listed, r.first_day, r.end_day, false, 1
  from period_parts(p_company_id, p_from, p_to) p
  left join chain c on c.sites = p.sites and c.is_listed = p.is_listed and c.first_day >= p.first_day and c.end_day <= p.end_day
  cross join lateral (
    values (p.first_day, coalesce(c.first_day, p.end_day)), (coalesce(c.end_day, p.end_day), p.end_day)
  ) r (first_day, end_day)
  where p.is_sealed and r.first_day < r.end_day
$$;
