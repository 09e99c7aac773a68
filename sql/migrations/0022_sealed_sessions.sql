-- Sessions of sealed days as narrow rows, and sums of them by what they have in common: see docs/decisions/0019-narrow-sessions.md.
-- What sessions have in common, once a company. A row is of one kind, and the columns of other kinds are null.
create table session_traits (
  company_id int not null,
  trait_id int generated always as identity,
  -- Of the kind and all its columns, see trait_key().
  trait_key bigint not null,
  -- page, source, client or place
  kind text not null,
  page text,
  referrer_domain text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  device_type text,
  browser text,
  os text,
  is_signed_in boolean,
  country text,
  region text,
  city text,
  primary key (company_id, trait_key),
  unique (company_id, trait_id)
);

-- A row a session that began on a sealed day. Two million of them are read for a question: their columns are as few and narrow as can be.
create table sealed_sessions (
  visitor_key bigint,
  duration_us bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  events int not null,
  page_views int not null,
  -- Keys into session_traits.
  entry_trait int not null,
  exit_trait int not null,
  source_trait int not null,
  client_trait int not null,
  place_trait int not null,
  -- Whole minutes from the first moment of the day to the start.
  started_minute smallint not null,
  is_bot boolean not null,
  is_bounce boolean not null
);

create index sealed_sessions_by_day on sealed_sessions (company_id, day);

-- Sums of the sessions that began on a sealed day, by each value of each dimension but entry and exit page; and of all of them,
-- whose dimension and value are empty.
create table sealed_breakdowns (
  events bigint not null,
  page_views bigint not null,
  duration_us bigint not null,
  -- Of dimension and value, see value_key().
  value_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  sessions int not null,
  visitors int not null,
  bounces int not null,
  is_bot boolean not null,
  dimension text not null,
  value text not null
);

create index sealed_breakdowns_by_day on sealed_breakdowns (company_id, dimension, day);

-- How many of the visitors of a value on a sealed day had a session with that value on a sealed day before: up_to[n] of them had
-- the last one on previous_days[n] or earlier. True for chained_days.
create table breakdown_repeats (
  value_key bigint not null,
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  dimension text not null,
  previous_days date[] not null,
  up_to int[] not null
);

create index breakdown_repeats_by_day on breakdown_repeats (company_id, dimension, day);

-- Days chained before know nothing of breakdowns.
delete from chained_days;
