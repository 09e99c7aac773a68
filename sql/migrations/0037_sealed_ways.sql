-- What visitors did one after the other on sealed days, in narrow rows: see docs/decisions/0026-ways.md.
-- What events there are, as the arrays of sealed_ways name them, once a company. Rows are never changed or taken away.
create table way_codes (
  company_id int not null,
  -- Counted up from 1 in each company, so that an array over all of them is short.
  code int not null,
  -- Of event_type, event_name and page_path, see texts_key().
  code_key bigint not null,
  event_type text not null,
  event_name text,
  page_path text,
  -- The bit of event_type and event_name in sealed_ways.names, and that of page_path in sealed_ways.pages. Others may share it.
  name_bit bigint not null,
  page_bit bigint not null,
  primary key (company_id, code),
  unique (company_id, code_key)
);

-- A row for the events of a sealed day that have session, visitor, user, bot, client and place in common. Two million of them are read for
-- a question: their columns are as few and narrow as can be.
create table sealed_ways (
  -- All bits of name_bit, and all of page_bit, of its codes.
  names bigint not null,
  pages bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  -- Keys into session_traits.
  client_trait int not null,
  place_trait int not null,
  is_bot boolean not null,
  visitor_key bigint,
  session_key bigint,
  user_key bigint,
  -- Of its events in their order (time, sequence, id): which, of way_codes; and when, see way_moment().
  codes int[] not null,
  moments bigint[] not null
);

create index sealed_ways_by_day on sealed_ways (company_id, day);
