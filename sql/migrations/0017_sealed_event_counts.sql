-- Events of sealed days by type and name; '' where the type has no names.
create table sealed_event_counts (
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  event_type text not null,
  event_name text not null,
  events bigint not null,
  primary key (company_id, day, site_id, is_bot, event_type, event_name)
);
