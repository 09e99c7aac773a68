-- Links that show a view to whoever has them, see docs/shared-links.md. What a link is locked to holds for every question that is
-- asked with it.
create table shared_link (
  company_id int not null references company,
  link_id uuid not null default gen_random_uuid(),
  -- SHA-256 of the token, which only its address has.
  token_hash bytea not null,
  name text not null,
  -- Screen and state of its address at first.
  path text not null,
  search text not null,
  -- Locks: one site, the messages Filter of the contract in their JSON form, and a saved segment.
  site_id int,
  filters jsonb not null,
  segment_id uuid,
  -- Address of the person, or the first characters of the key.
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (company_id, link_id)
);
-- A link is looked up before its company is known.
create index shared_link_by_token on shared_link (token_hash);

-- Not when a link is used: last_used_at is no setting. See 0012.
create trigger shared_link_changes after insert or delete or update of token_hash, site_id, filters, segment_id, expires_at, revoked_at
  on shared_link
  for each statement execute function note_settings_change();
