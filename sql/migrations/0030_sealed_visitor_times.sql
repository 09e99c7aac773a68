-- Who was there on sealed days, and in which minutes of the day first and last: so that visitors of a day that a period cuts are known
-- without its events. Visitors in the order in which they came; minutes are whole ones since the day began.
create table sealed_visitor_times (
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  visitor_keys bigint[] not null,
  first_minutes smallint[] not null,
  last_minutes smallint[] not null
);

create index sealed_visitor_times_by_day on sealed_visitor_times (company_id, day);
