-- What sql/metrics/content.sql needs of a page and day. Bounces are of the sessions that began there. How far down it was read: how many
-- sessions of the day scrolled to which depth at most, in percent: two arrays of one length, depths ascending, null where none did;
-- in the row of all pages a session counts once for each page.
alter table sealed_pages add column bounces int not null default 0;
alter table sealed_pages alter column bounces drop default;
alter table sealed_pages add column depths float8[];
alter table sealed_pages add column of_depths int[];
