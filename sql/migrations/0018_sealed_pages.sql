-- Views of pages on sealed days, and which visitors come back to a page: see docs/decisions/0018-visitors-of-pages.md.
-- A row a page and day, and one of all pages, whose page is null; the empty page is that of views without one. Entries and exits
-- are of sessions that began on the day.
create table sealed_pages (
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  page text,
  views int not null,
  visitors int not null,
  sessions int not null,
  timed int not null,
  time_us bigint not null,
  entries int not null,
  exits int not null
);

create index sealed_pages_by_day on sealed_pages (company_id, day);

-- Keys of the pages that a visitor saw on a day.
create table sealed_visitor_pages (
  visitor_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  page_keys bigint[] not null
);

create index sealed_visitor_pages_by_day on sealed_visitor_pages (company_id, day);
create index sealed_visitor_pages_by_visitor on sealed_visitor_pages (company_id, visitor_key);

-- Of the visitors who saw a page on a sealed day, how many saw it last on which day before.
create table page_repeats (
  company_id int not null,
  day date not null,
  previous_day date not null,
  site_id int not null,
  is_bot boolean not null,
  page_key bigint not null,
  visitors int not null
);

create index page_repeats_by_day on page_repeats (company_id, day);

-- Sealed days of which page_repeats tells the truth, as long as no day before is sealed anew.
create table chained_days (
  company_id int not null,
  time_zone text not null,
  day date not null,
  primary key (company_id, time_zone, day)
);
