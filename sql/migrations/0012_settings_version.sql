-- A number that rises with every change of companies, sites, keys and schemas. A gateway that sees the same number again knows
-- that all it remembers is still so, and asks for nothing else however many companies there are.
create table settings_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into settings_version (version) values (1);

create function note_settings_change() returns trigger language plpgsql as $$
begin
  update settings_version set version = version + 1;
  return null;
end
$$;

create trigger company_changes after insert or update or delete on company
  for each statement execute function note_settings_change();
create trigger site_changes after insert or update or delete on site
  for each statement execute function note_settings_change();
-- Not when a key is used: last_used_at is no setting.
create trigger api_key_changes
  after insert or delete or update of key_hash, company_id, site_id, kind, scopes, events_per_second, expires_at, revoked_at
  on api_key
  for each statement execute function note_settings_change();
create trigger event_schema_changes after insert or update or delete on event_schema
  for each statement execute function note_settings_change();
create trigger event_schema_mode_changes after insert or update or delete on event_schema_mode
  for each statement execute function note_settings_change();
