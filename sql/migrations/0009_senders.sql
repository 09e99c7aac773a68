-- What those who send decide: how a site treats its visitors, what a key may do and how much, and the events a company
-- defines itself.
alter table company
  -- Events a second of all its keys together, at each gateway; null: no limit.
  add column events_per_second int check (events_per_second > 0);

alter table site
  -- Names the site in public; says nothing of company or key.
  add column container_id text not null default 'uf-' || left(replace(gen_random_uuid()::text, '-', ''), 12),
  -- No visitor id that comes with a write key is taken: visitors are told apart by the hash of the day only.
  add column cookieless boolean not null default false,
  -- Names of the parameters that stay in the query of an address; null: all stay.
  add column query_parameters text[],
  -- Names of properties that are taken out of an event before it is kept, at any depth.
  add column denied_properties text[] not null default '{}',
  -- Browsers that say "do not track" or "global privacy control" are not recorded.
  add column respect_do_not_track boolean not null default false,
  add unique (company_id, container_id);

alter table api_key
  add column key_id uuid not null default gen_random_uuid(),
  -- What it is for, in the words of who made it.
  add column label text not null default '',
  -- ingest: send events. read: ask questions. admin: manage sites, keys and schemas.
  add column scopes text[] not null default '{ingest}' check (scopes <@ '{ingest,read,admin}' and cardinality(scopes) > 0),
  -- Events a second at each gateway; null: no limit.
  add column events_per_second int check (events_per_second > 0),
  -- The key that takes its place, if it was rotated.
  add column replaced_by uuid,
  add unique (company_id, key_id);
update api_key set scopes = '{ingest,read,admin}' where kind = 'secret';
-- A write key is public: it can never do more than send.
alter table api_key add check (kind = 'secret' or scopes = '{ingest}');

-- The properties of custom events of a name. Versions are never changed; the newest is the one in force.
create table event_schema (
  company_id int not null references company,
  name text not null,
  version int not null,
  -- JSON Schema, draft 2020-12, of the properties.
  json_schema jsonb not null,
  created_at timestamptz not null default now(),
  primary key (company_id, name, version)
);

-- What happens to events of the name that break the schema. off: nothing. report: they are stored and counted below.
-- enforce: they are rejected.
create table event_schema_mode (
  company_id int not null references company,
  name text not null,
  mode text not null check (mode in ('off', 'report', 'enforce')),
  changed_at timestamptz not null default now(),
  -- Its view in the Postgres schema company_<company_id>, made by make_event_view.
  view_name text not null,
  primary key (company_id, name),
  unique (company_id, view_name)
);

-- Events that broke a schema in report mode, by rule and hour of receipt.
create table event_schema_report (
  company_id int not null,
  name text not null,
  version int not null,
  hour timestamptz not null,
  site_id int not null,
  -- Path of the property, such as "properties.price".
  field text not null,
  -- The keyword of JSON Schema that was broken, such as "minimum".
  rule text not null,
  events bigint not null,
  last_message text not null,
  primary key (company_id, name, version, hour, site_id, field, rule)
);
