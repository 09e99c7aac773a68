-- Samples of each measure of speed on sealed days, by bucket of its histogram, so that a percentile is found in the few buckets in
-- which it lies. values: each different one, ascending; of_values: how often it was measured.
create table sealed_speed (
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  measure text not null,
  bucket int not null,
  samples int not null,
  good int not null,
  poor int not null,
  values float8[] not null,
  of_values int[] not null
);

create index sealed_speed_by_day on sealed_speed (company_id, day);
