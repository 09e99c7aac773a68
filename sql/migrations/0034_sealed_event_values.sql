-- Sums of the events of a sealed day by each value of what events differ in, and who was there with which values: see
-- docs/decisions/0023-values-of-events.md.
-- Of which values the events of a session can be, once a company: of its types and names (kind happened), or of its languages, screens,
-- campaign terms and contents (kind seen).
create table value_sets (
  company_id int not null,
  set_id int generated always as identity,
  -- Of the kind and all the values, see value_set_key().
  set_key bigint not null,
  -- Two arrays beside each other: a value's dimension, and its key, see value_key().
  dimensions text[] not null,
  value_keys bigint[] not null,
  primary key (company_id, set_key),
  unique (company_id, set_id)
);

-- Keys into value_sets: of the session's events on the day on which it began. 0: it had none of its visitor and site.
alter table sealed_sessions add column happened_set int not null default 0, add column seen_set int not null default 0;
alter table sealed_sessions alter column happened_set drop default, alter column seen_set drop default;

-- Visitors of a sealed day by events that are not those of a session that began on it, of the same visitor and site.
create table sealed_other_values (
  visitor_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  happened_set int not null,
  seen_set int not null,
  is_bot boolean not null
);

create index sealed_other_values_by_day on sealed_other_values (company_id, day);
create index sealed_other_values_by_visitor on sealed_other_values (company_id, visitor_key);

-- Sums of the events of a sealed day by value; of all its events under the dimension any_event, whose value is empty.
create table sealed_event_values (
  value_key bigint not null,
  events bigint not null,
  page_views bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  visitors int not null,
  -- All of whose events are of this day and site.
  whole_sessions int not null,
  is_bot boolean not null,
  dimension text not null,
  value text not null,
  -- Keys of the others, which may have more events elsewhere.
  other_sessions bigint[] not null
);

create index sealed_event_values_by_day on sealed_event_values (company_id, dimension, day);

-- Days chained before know nothing of values of events.
delete from chained_days;
