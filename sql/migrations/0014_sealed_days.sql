-- Days that are over, whose sums are kept beside the raw rows: see docs/decisions/0017-sealed-days.md.
-- When something of a site was stored or changed: an event's time, or a session's start.
create type touched_moment as (company_id int, site_id int, at timestamptz);

-- A row a day that is sealed or waits for it. The days of all sites that keep one time zone are sealed together, because a
-- reader finds what is not sealed by time, and not by site.
create table sealed_days (
  company_id int not null,
  time_zone text not null,
  day date not null,
  -- Whether the tables of sql/sealed hold exactly what the raw rows say of this day.
  is_sealed boolean not null default false,
  -- The transaction that began to seal it; taken away by whoever changes the day.
  mark xid8,
  -- Since when it waits.
  waits_since timestamptz not null default now(),
  primary key (company_id, time_zone, day)
) with (fillfactor = 70);

create index sealed_days_waiting on sealed_days (company_id) where not is_sealed;

-- Up to which day, exclusive, the days of a zone have been looked at: those with enough events wait in sealed_days.
create table sealed_through (
  company_id int not null,
  time_zone text not null,
  day date not null,
  primary key (company_id, time_zone)
);

-- Sessions that began on a day.
create table sealed_session_totals (
  company_id int not null,
  day date not null,
  site_id int not null,
  is_bot boolean not null,
  sessions bigint not null,
  bounces bigint not null,
  events bigint not null,
  page_views bigint not null,
  duration_us bigint not null,
  -- How many sessions had a duration of so many whole seconds: two arrays of one length, seconds ascending.
  seconds int[] not null,
  of_seconds int[] not null,
  primary key (company_id, day, site_id, is_bot)
);

-- They answer from now on what old moments they touched.
drop function if exists add_sessions();
drop function if exists add_to_known_sessions();

-- Which day a moment belongs to depends on its site's zone.
create function forget_sealed_days() returns trigger language plpgsql as $$
begin
  delete from sealed_days where company_id in (old.company_id, new.company_id);
  delete from sealed_through where company_id in (old.company_id, new.company_id);
  return null;
end
$$;

create trigger site_moves_days after update of time_zone on site
  for each row when (old.time_zone is distinct from new.time_zone) execute function forget_sealed_days();
create trigger site_brings_days after insert or delete on site for each row execute function forget_sealed_days();
