-- Saved sets of people. The definition is the message Segment of the contract in its JSON form, checked before it is stored
-- and again before it is used; version counts its changes.
create table segment (
  company_id int not null references company,
  segment_id uuid not null default gen_random_uuid(),
  name text not null,
  definition jsonb not null,
  version int not null default 1,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (company_id, segment_id),
  unique (company_id, name)
);
