-- Who of the visitors of today was there on days that are sealed: looked for one by one, instead of reading all of these days.
create index sealed_sessions_by_visitor on sealed_sessions (company_id, visitor_key);
