-- Page views and web vitals of sealed days, with what filters ask of them as keys into session_traits: see
-- docs/decisions/0025-views-in-arrays.md. All arrays of a row are of one length.
create table sealed_views (
  company_id int not null,
  day date not null,
  site_id int not null,
  -- Country, region and city; a filter on them passes over whole rows.
  place_trait int not null,
  is_bot boolean not null,
  -- Of the views in the order of session, time, sequence and event. Null: no visitor, no session, nothing measured.
  visitor_keys bigint[] not null,
  -- Time on the page, as sealed_pages adds it up.
  times_us bigint[] not null,
  -- Sessions of the day and site, counted through.
  sessions int[] not null,
  page_traits int[] not null,
  source_traits int[] not null,
  client_traits int[] not null,
  loads_ms bigint[] not null,
  -- How far down the session saw the page on that day, in percent.
  depths float8[] not null,
  -- From the first moment of the day.
  minutes smallint[] not null
);

create index sealed_views_by_day on sealed_views (company_id, day);

-- A row a measure of the web vitals.
create table sealed_vitals (
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  measure text not null,
  -- Of the samples in the order of value, time and event.
  values float8[] not null,
  page_traits int[] not null,
  source_traits int[] not null,
  client_traits int[] not null,
  place_traits int[] not null,
  minutes smallint[] not null
);

create index sealed_vitals_by_day on sealed_vitals (company_id, measure, day);
