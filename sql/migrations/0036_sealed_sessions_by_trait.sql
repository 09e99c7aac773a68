-- Filters on a place or a source look for its sessions, instead of reading all of the period.
create index sealed_sessions_by_place on sealed_sessions (company_id, place_trait, day);
create index sealed_sessions_by_source on sealed_sessions (company_id, source_trait, day);
