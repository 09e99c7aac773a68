-- Clicks and steps of forms of sealed days as narrow rows: see docs/decisions/0022-narrow-clicks.md.
-- What they have in common, once a company. A row is of one kind, and the columns of other kinds are null.
create table click_traits (
  company_id int not null,
  trait_id int generated always as identity,
  -- Of the kind and all its columns, see trait_key().
  trait_key bigint not null,
  -- element, visit or source
  kind text not null,
  page_path text,
  -- Of a form step: the form.
  element_selector text,
  element_text text,
  element_type text,
  device_type text,
  browser text,
  os text,
  is_signed_in boolean,
  country text,
  region text,
  city text,
  viewport text,
  referrer_domain text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  primary key (company_id, trait_key),
  unique (company_id, trait_id)
);

-- A row a click of a sealed day. Two million of them are read for a question: their columns are as few and narrow as can be.
create table sealed_clicks (
  visitor_key bigint,
  company_id int not null,
  day date not null,
  site_id int not null,
  -- Keys into click_traits.
  element_trait int not null,
  visit_trait int not null,
  source_trait int not null,
  -- The session's number on this day.
  session_no int,
  x int,
  y int,
  -- What judged_clicks() says of it.
  marks smallint not null,
  is_bot boolean not null
);

create index sealed_clicks_by_day on sealed_clicks (company_id, day, element_trait);

-- A row a step of a form, with which forms are seen, begun and sent.
create table sealed_form_steps (
  visitor_key bigint,
  duration_ms bigint,
  company_id int not null,
  day date not null,
  site_id int not null,
  element_trait int not null,
  visit_trait int not null,
  source_trait int not null,
  is_bot boolean not null,
  -- v: a view, b: a start (it begins), s: a submit
  step "char" not null
);

create index sealed_form_steps_by_day on sealed_form_steps (company_id, day);
