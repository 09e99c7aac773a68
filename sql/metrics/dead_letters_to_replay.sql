-- Which dead letters wait to be judged again?
--
-- Dead letters that no replay has accepted, with their bytes and what is known of their site: what it keeps of its visitors
-- by now, and whether it ever had a key that pages may use. Shows fewer than asked for when the bytes together would pass 4 MiB, but
-- at least one; more is true when there are others behind the last one shown.
--
-- $1 company_id integer: the company
-- $2 reason text: only this reason; null: all
-- $3 field text: only this field; null: all
-- $4 ids text[]: only these, each topic/partition/offset; null: all
-- $5 after text: only those behind this one, topic/partition/offset; null: all
-- $6 kept_until timestamp with time zone: only those kept at it or before; null: all
-- $7 row_limit integer: how many
-- version: 2
-- reads: dead_letters_by_cause; with ids dead_letters by primary key
-- psql: (echo prepare q as; cat sql/metrics/dead_letters_to_replay.sql; echo "execute q(1, null, null, null, null, null, 100);") | psql
select id, reason, is_record, received_at, kept_at, payload, site_id, ip_mode, cookieless,
       query_parameters, denied_properties, has_write_key, found > count(*) over () as more
from (
  select *, count(*) over () as found, sum(octet_length(payload)) over oldest as bytes, row_number() over oldest as place
  from (
    select d.*, format('%s/%s/%s', topic, log_partition, log_offset) as id, s.ip_mode, s.cookieless,
           to_json(s.query_parameters) as query_parameters, to_json(s.denied_properties) as denied_properties,
           exists (
             select from api_key k where k.company_id = d.company_id and k.site_id = d.site_id and k.kind = 'write'
           ) as has_write_key
    from dead_letters d
    left join site s using (company_id, site_id)
    where d.company_id = $1::int and d.replayed_outcome is distinct from 'accepted'
      -- By ctid, found in the same snapshot: a comparison of three columns after this "or" would read every letter.
      and ($4::text[] is null or d.ctid = any (array(
        select k.ctid
        from unnest($4::text[]) one
        join dead_letters k on k.company_id = $1::int and k.topic = split_part(one, '/', 1)
          and k.log_partition = split_part(one, '/', 2)::int and k.log_offset = split_part(one, '/', 3)::bigint
      )))
      and ($2::text is null or reason = $2::text) and ($3::text is null or field = $3::text)
      and ($6::timestamptz is null or kept_at <= $6::timestamptz)
      and ($5::text is null or (reason, field, kept_at, topic, log_partition, log_offset) > (
        select a.reason, a.field, a.kept_at, a.topic, a.log_partition, a.log_offset
        from dead_letters a
        where a.company_id = $1::int and a.topic = split_part($5::text, '/', 1)
          and a.log_partition = split_part($5::text, '/', 2)::int and a.log_offset = split_part($5::text, '/', 3)::bigint
      ))
    order by reason, field, kept_at, topic, log_partition, log_offset
    limit $7::int + 1
  ) waiting
  window oldest as (order by reason, field, kept_at, topic, log_partition, log_offset)
) shown
where place <= $7::int and (bytes <= 4194304 or place = 1)
order by place;
