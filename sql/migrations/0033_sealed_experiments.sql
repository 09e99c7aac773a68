-- Which experiments the events of sealed days name, with who saw each variant.
create table sealed_experiments (
  events bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  experiment text not null,
  variant text,
  visitor_keys bigint[] not null
);

create index sealed_experiments_by_day on sealed_experiments (company_id, day);
