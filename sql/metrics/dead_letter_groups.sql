-- Which causes keep events from being stored, and since when?
--
-- Dead letters by reason and field: how many wait, how many a replay has put on the log since, when the first and the last
-- of them was kept, and three of them to look at, last kept first. Most waiting letters first.
--
-- $1 company_id integer: the company
-- $2 include_replayed boolean: also groups in which no letter waits
-- $3 row_limit integer: how many groups
-- version: 1
-- reads: dead_letters_by_cause, or all letters of the company where that is cheaper
-- psql: (echo prepare q as; cat sql/metrics/dead_letter_groups.sql; echo "execute q(1, false, 50);") | psql
select reason, field, letters, replayed, first_seen, last_seen, message, example_ids
from (
  select reason, field, count(*) filter (where replayed_outcome is distinct from 'accepted') as letters,
         count(*) filter (where replayed_outcome = 'accepted') as replayed,
         min(kept_at) as first_seen, max(kept_at) as last_seen
  from dead_letters
  where company_id = $1::int
  group by reason, field
  having $2::boolean or count(*) filter (where replayed_outcome is distinct from 'accepted') > 0
  order by letters desc, reason, field
  limit $3::int
) groups
cross join lateral (
  select (array_agg(message))[1] as message, to_json(array_agg(id)) as example_ids
  from (
    select message, format('%s/%s/%s', topic, log_partition, log_offset) as id
    from dead_letters d
    where d.company_id = $1::int and d.reason = groups.reason and d.field = groups.field
      and (groups.letters = 0 or d.replayed_outcome is distinct from 'accepted')
    order by kept_at desc, topic desc, log_partition desc, log_offset desc
    limit 3
  ) latest
) examples
order by letters desc, reason, field;
