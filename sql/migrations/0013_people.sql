-- People who look, what they may do in which company, and how they are signed in.
create table person (
  person_id uuid primary key default gen_random_uuid(),
  -- In lower case.
  email text not null unique check (email = lower(email)),
  name text not null,
  -- "scrypt$<log2 N>$<r>$<p>$<salt>$<hash>", see gateway/people/password.ts.
  password_hash text not null,
  -- The password was given by the start or by an operator.
  must_change_password boolean not null default false,
  created_at timestamptz not null default now()
);

create table membership (
  company_id int not null references company,
  person_id uuid not null references person on delete cascade,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  created_at timestamptz not null default now(),
  primary key (company_id, person_id)
);
create index membership_by_person on membership (person_id);

-- One row for each time somebody signed in: all refresh tokens that came of it are one family and end together.
create table sign_in (
  sign_in_id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person on delete cascade,
  -- The company its access tokens are for.
  chosen_company_id int not null references company,
  -- Cut to its network.
  address text not null,
  user_agent text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_why text check (ended_why in ('signed_out', 'signed_out_everywhere', 'password_changed', 'token_reused', 'expired'))
);
create index sign_in_by_person on sign_in (person_id) where ended_at is null;

create table refresh_token (
  -- SHA-256 of the token, which only the browser has.
  token_hash bytea primary key,
  sign_in_id uuid not null references sign_in on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- With the token it makes the successor again, so that a second tab gets the same one; alone it is worth nothing.
  successor_salt bytea
);
create index refresh_token_by_sign_in on refresh_token (sign_in_id);

-- The keys that access tokens are signed with, Ed25519, as JWK; the newest signs, the others verify until they are deleted.
create table token_key (
  key_id uuid primary key default gen_random_uuid(),
  private_key jsonb not null,
  created_at timestamptz not null default now()
);

create table invitation (
  company_id int not null references company,
  invitation_id uuid not null default gen_random_uuid(),
  email text not null check (email = lower(email)),
  role text not null check (role in ('viewer', 'editor', 'admin')),
  -- SHA-256 of what is in its link.
  token_hash bytea not null,
  -- Address of the person, or the first characters of the key.
  invited_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Accepted, taken back, or replaced by another one for the same address.
  ended_at timestamptz,
  primary key (company_id, invitation_id)
);
-- An invitation is looked up before its company is known.
create index invitation_by_token on invitation (token_hash);

-- What was changed, by whom. A row is written before the change and its outcome after.
create table audit_log (
  company_id int not null references company,
  audit_id bigint generated always as identity,
  at timestamptz not null default now(),
  -- As they were then: address of the person, or the first characters of the key.
  who text not null,
  person_id uuid,
  key_id uuid,
  rpc text not null,
  target text not null,
  outcome text not null default 'begun',
  -- Cut to its network.
  address text not null,
  primary key (company_id, audit_id)
);
create index audit_log_by_person on audit_log (company_id, person_id, audit_id) where person_id is not null;

-- A gateway remembers for a few seconds who may do what, see 0012. Signing in and refreshing change none of it.
create trigger membership_changes after insert or update or delete on membership
  for each statement execute function note_settings_change();
create trigger sign_in_changes after update of ended_at, chosen_company_id or delete on sign_in
  for each statement execute function note_settings_change();
create trigger person_changes after delete or update of email, name, must_change_password on person
  for each statement execute function note_settings_change();
