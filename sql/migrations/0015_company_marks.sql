-- A number that rises with every batch in which an event of the company was stored, in the batch's own transaction: an answer
-- that was computed under the same number is still the answer. One row for each shard, so that workers do not wait for each other.
create table company_mark (
  company_id int not null,
  shard int not null,
  stored bigint not null,
  primary key (company_id, shard)
) with (fillfactor = 50);
