-- Which properties do events have, and which values?
--
-- Of the events asked for, by the keys at the top of their properties. events: with the key; strings, numbers, booleans,
-- objects, arrays, nulls: of which kind the values are; distinct_values: how many there are, as text, as a breakdown by the
-- property counts them; top_values: the commonest of them, most first, equals by text, cut after 200 characters, with how
-- many events have each. Most events first, equals by key. The last row, is_total, is of all events asked for, with or
-- without properties; keys: how many there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 event_type text: of this type; empty: of any
-- $7 event_name text: of this name; empty: of any
-- $8 value_limit integer: how many of the values of a key
-- $9 row_limit integer: how many keys
-- $10 row_offset integer: how many keys to leave out before them
-- version: 1
-- reads: user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/event_properties.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'custom', '', 10, 50, 0);") | psql
with
matching as materialized (
  select e.metadata
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz and e.event_timestamp < $4::timestamptz
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
    and ($6::text = '' or e.event_type = $6::text) and ($7::text = '' or e.event_name = $7::text)
    and true /* filters: events e */
),
pairs as (
  select p.key, jsonb_typeof(p.value) as kind, coalesce(p.value #>> '{}', '') as value
  from matching m
  cross join lateral jsonb_each(case when jsonb_typeof(m.metadata) = 'object' then m.metadata end) p
),
by_value as materialized (
  select key, value, count(*) as events, count(*) filter (where kind = 'string') as strings,
         count(*) filter (where kind = 'number') as numbers, count(*) filter (where kind = 'boolean') as booleans,
         count(*) filter (where kind = 'object') as objects, count(*) filter (where kind = 'array') as arrays,
         count(*) filter (where kind = 'null') as nulls
  from pairs
  group by key, value
),
shown as (
  select key, sum(events) as events, sum(strings) as strings, sum(numbers) as numbers, sum(booleans) as booleans,
         sum(objects) as objects, sum(arrays) as arrays, sum(nulls) as nulls, count(*) as distinct_values
  from by_value
  group by key
  order by events desc, key collate "C"
  limit $9::int offset $10::int
)
select is_total, key, events, strings, numbers, booleans, objects, arrays, nulls, distinct_values, top_values, keys
from (
  select false as is_total, s.*, t.top_values, null::bigint as keys
  from shown s
  cross join lateral (
    select json_agg(json_build_array(left(value, 200), events) order by events desc, value collate "C") as top_values
    from (select value, events from by_value b where b.key = s.key
          order by events desc, value collate "C" limit $8::int) commonest
  ) t
  union all
  select true, '', count(*), null, null, null, null, null, null, null, null, (select count(distinct key) from by_value)
  from matching
) rows
order by is_total, events desc, key collate "C";
