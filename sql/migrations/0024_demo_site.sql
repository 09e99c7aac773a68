-- The one site of a company that is filled with made-up traffic, and until when: asked for again, the same events are sent.
alter table site add column demo_until timestamptz;
create index site_with_demo on site (company_id) where demo_until is not null;
