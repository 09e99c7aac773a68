-- Ways that people ask about again and again. The definition is the message FunnelDefinition of the contract in its JSON form,
-- checked before it is stored and again before it is used.
create table saved_funnel (
  company_id int not null references company,
  funnel_id uuid not null default gen_random_uuid(),
  name text not null,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  -- Address of the person, or the first characters of the key, as they were then.
  changed_by text not null,
  primary key (company_id, funnel_id),
  unique (company_id, name)
);

-- What somebody wrote about a moment, such as a release; charts over time show it.
create table annotation (
  company_id int not null references company,
  annotation_id uuid not null default gen_random_uuid(),
  at timestamptz not null,
  -- Null: about all sites.
  site_id int,
  text text not null,
  -- As changed_by above.
  author text not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (company_id, annotation_id),
  foreign key (company_id, site_id) references site
);
create index annotation_by_time on annotation (company_id, at);
