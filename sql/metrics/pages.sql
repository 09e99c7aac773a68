-- Which pages are seen, by whom and for how long?
--
-- The columns of pages_from_events.sql, without filters. Whole days that are sealed come from sums, the rest from the events
-- themselves: page_figures says how.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 order_by text: visitors, sessions or events; greatest first, equals by value
-- $7 row_limit integer: how many rows
-- $8 row_offset integer: how many rows to leave out before them
-- version: 2
-- reads: sealed_pages, sealed_page_spans, sealed_visitor_pages and page_repeats by day; stored_events by primary key; sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/pages.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'visitors', 50, 0);") | psql
with
groups as materialized (
  select page as value, visitors, sessions, views as events, timed, time_us, entries, exits
  from page_figures($1::int, $2::int[], $3::timestamptz, $4::timestamptz, $5::bool, false)
),
shown as (
  select * from groups
  where value is not null
  order by case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C"
  limit $7::int offset $8::int
)
select is_total, value, values, visitors, sessions, events, events as page_views, entries, exits,
       time_us::float8 / 1e6 / nullif(timed, 0)::float8 as time_on_page_seconds
from (
  select false as is_total, value, null::bigint as values, visitors, sessions, events, timed, time_us, entries, exits from shown
  union all
  select true, '', (select count(*) from groups where value is not null), visitors, sessions, events, timed, time_us, entries, exits
  from groups
  where value is null
) rows
order by is_total, case $6::text when 'sessions' then sessions when 'events' then events else visitors end desc, value collate "C";
