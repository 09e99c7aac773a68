-- When visitors come back, summed for whole days of the zones in which sites keep them: see docs/decisions/0020-returns-of-visitors.md.
-- Both tables hold what visitor_days and visitors say of every day up to the one that known_returns() answers.

-- How many visitors there were on a day whose first day of all was first_day; of them, those who had not been there yet in the week
-- (from Monday) and the month of the day; and those of whom it is the second day.
create table cohort_returns (
  company_id int not null,
  first_day date not null,
  day date not null,
  site_id int not null,
  visitors int not null,
  first_of_week int not null,
  first_of_month int not null,
  second_days int not null,
  is_bot boolean not null
);

create index cohort_returns_by_first_day on cohort_returns (company_id, first_day);
create index cohort_returns_by_day on cohort_returns (company_id, day);

-- Who was there on a day and had last been there on which day before: without those who had never been there.
create table visitor_returns (
  company_id int not null,
  day date not null,
  previous_day date not null,
  site_id int not null,
  is_bot boolean not null,
  visitor_keys bigint[] not null
);

create index visitor_returns_by_day on visitor_returns (company_id, day);

-- Days chained before know nothing of returns.
delete from chained_days;
