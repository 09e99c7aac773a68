-- Breakdowns by entry and exit page from sums of sealed days, and sums of weeks: see docs/decisions/0021-spans-of-pages.md.
-- Of the sessions that began on the day at the page, and of those that ended there.
alter table sealed_pages add column entry_duration_us bigint not null default 0;
alter table sealed_pages add column exit_duration_us bigint not null default 0;
alter table sealed_pages add column entry_visitors int not null default 0;
alter table sealed_pages add column entry_events int not null default 0;
alter table sealed_pages add column entry_page_views int not null default 0;
alter table sealed_pages add column exit_visitors int not null default 0;
alter table sealed_pages add column exit_events int not null default 0;
alter table sealed_pages add column exit_page_views int not null default 0;
alter table sealed_pages add column exit_bounces int not null default 0;
alter table sealed_pages alter column entry_duration_us drop default;
alter table sealed_pages alter column exit_duration_us drop default;
alter table sealed_pages alter column entry_visitors drop default;
alter table sealed_pages alter column entry_events drop default;
alter table sealed_pages alter column entry_page_views drop default;
alter table sealed_pages alter column exit_visitors drop default;
alter table sealed_pages alter column exit_events drop default;
alter table sealed_pages alter column exit_page_views drop default;
alter table sealed_pages alter column exit_bounces drop default;

-- Sums of sealed_pages over 7 or 28 chained days in a row, first_day being the first. Its columns are those of sealed_pages, visitors
-- those of each day added up.
create table sealed_page_spans (
  time_us bigint not null,
  entry_duration_us bigint not null,
  exit_duration_us bigint not null,
  company_id int not null,
  first_day date not null,
  site_id int not null,
  views int not null,
  visitors int not null,
  sessions int not null,
  timed int not null,
  entries int not null,
  exits int not null,
  bounces int not null,
  entry_visitors int not null,
  entry_events int not null,
  entry_page_views int not null,
  exit_visitors int not null,
  exit_events int not null,
  exit_page_views int not null,
  exit_bounces int not null,
  span_days smallint not null,
  is_bot boolean not null,
  page text,
  depths float8[],
  of_depths int[]
);

create index sealed_page_spans_by_day on sealed_page_spans (company_id, span_days, first_day);

-- How many of the visitors who on a sealed day saw a page (dimension page), began a session there (entry_page) or ended one there
-- (exit_page) had done so on a sealed day before: up_to[n] of them last on previous_days[n] or earlier. Key 0 is any page. True for chained_days.
drop table page_repeats;
create table page_repeats (
  page_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  dimension text not null,
  previous_days date[] not null,
  up_to int[] not null
);

create index page_repeats_by_day on page_repeats (company_id, dimension, day);

-- Days chained before know nothing of these.
delete from chained_days;
