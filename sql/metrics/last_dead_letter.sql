-- Which event of a site was rejected last?
--
-- The dead letter of the site that the gateway received last, without those that a replay has put on the log since.
--
-- $1 company_id integer: the company
-- $2 site_id integer: the site
-- version: 1
-- reads: dead_letters_by_site
-- psql: (echo prepare q as; cat sql/metrics/last_dead_letter.sql; echo "execute q(1, 1);") | psql
select reason, field, message, event_id, site_id, topic, log_partition, log_offset, received_at, replayed_outcome
from dead_letters
where company_id = $1::int and site_id = $2::int and replayed_outcome is distinct from 'accepted'
order by received_at desc nulls last, log_offset desc
limit 1;
