-- Was everything taken from the log stored, found a duplicate or kept as a dead letter?
--
-- Counted by the minute in which the gateway received a record, in the transaction that stored it. A difference other than
-- 0 means that something was lost or counted twice, and is an alert.
--
-- $1 company_id integer: the company
-- $2 from_time timestamp with time zone: minutes that begin at or after it; null: since the beginning
-- $3 to_time timestamp with time zone: minutes that begin before it; null: until now
-- version: 1
-- reads: ingest_balance by primary key
-- psql: (echo prepare q as; cat sql/metrics/balance.sql; echo "execute q(1, null, null);") | psql
select coalesce(sum(taken), 0) as taken, coalesce(sum(stored), 0) as stored, coalesce(sum(duplicate), 0) as duplicate,
       coalesce(sum(dead_letter), 0) as dead_letter,
       coalesce(sum(taken - stored - duplicate - dead_letter), 0) as difference
from ingest_balance
where company_id = $1::int and minute >= coalesce($2::timestamptz, '-infinity')
  and minute < coalesce($3::timestamptz, 'infinity');
