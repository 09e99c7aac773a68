-- Which users were there on sealed days, with the keys of the names of their custom events.
create table sealed_user_days (
  user_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  name_keys bigint[] not null
);

create index sealed_user_days_by_day on sealed_user_days (company_id, day);
