-- Sums of the clicks of sealed weeks, Monday to Sunday, and which visitors came back to an element: see docs/decisions/0022-narrow-clicks.md.
-- Sums of marks of sealed_clicks over the days of a week: element: of the page and element, any_page: of the element on any page, all: of
-- all elements.
create table clicked_weeks (
  company_id int not null,
  week date not null,
  site_id int not null,
  element_trait int not null,
  clicks int not null,
  element_sessions int not null,
  any_page_sessions int not null,
  all_sessions int not null,
  element_visitors int not null,
  any_page_visitors int not null,
  all_visitors int not null,
  rage_clicks int not null,
  rages int not null,
  dead_clicks int not null,
  is_bot boolean not null
);

create index clicked_weeks_by_week on clicked_weeks (company_id, week);

-- Weeks whose sums are true, as long as each of their days stays sealed as it is.
create table summed_weeks (
  company_id int not null,
  time_zone text not null,
  week date not null,
  primary key (company_id, time_zone, week)
);

-- How many of the visitors who clicked on an element on a sealed day had done so on a sealed day before: up_to[n] of them the last time on
-- previous_days[n] or earlier. Of a page and element, of an element on any page, and, under 0, of any; see click_keys(). True for chained_days.
create table click_repeats (
  element_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  previous_days date[] not null,
  up_to int[] not null
);

create index click_repeats_by_element on click_repeats (company_id, element_key, day);

create index sealed_clicks_by_visitor on sealed_clicks (company_id, visitor_key);

-- Days chained before know nothing of clicks.
delete from chained_days;
