-- Which share of the active people uses a feature, counted from ways of sealed days?
--
-- The columns of adoption.sql, with the same meaning, for filters on places and clients of events and features that are types, names or
-- pages of events. Sealed days in the time zone asked for come from ways; the rest is counted from events one by one.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 time_zone text: name of the time zone in which intervals begin
-- $7 unit text: day, week or month
-- $8 people text: visitors or users
-- version: 1
-- reads: sealed_days, sealed_ways_by_day, session_traits, way_codes; user_events by primary key
-- psql: (echo prepare q as; cat sql/metrics/adoption_of_ways.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'Europe/Berlin', 'week', 'users');") | psql
with
starts as materialized (
  select first_moment(midnight, $6::text) as start
  from generate_series(date_trunc($7::text, $3::timestamptz at time zone $6::text),
                       ($4::timestamptz - interval '1 microsecond') at time zone $6::text, ('1 ' || $7::text)::interval) midnight
),
thresholds as materialized (select array_agg(start order by start) as starts from starts),
intervals as (
  select row_number() over oldest as place, greatest(start, $3::timestamptz) as from_time,
         coalesce(lead(start) over oldest, $4::timestamptz) as to_time
  from starts
  window oldest as (order by start)
),
parts as materialized (
  select p.is_sealed and z.time_zone = $6::text as is_sealed, p.from_time, p.to_time, p.first_day, p.end_day, p.sites, p.is_listed
  from period_parts($1::int, $3::timestamptz, $4::timestamptz) p
  join company_zones($1::int) z on z.sites = p.sites and z.is_listed = p.is_listed
  where cardinality($2::int[]) = 0 or case when p.is_listed then p.sites && $2::int[] else not $2::int[] <@ p.sites end
),
-- Codes are counted up from 1, so that they are looked up by place.
masks as materialized (
  select bit_or(name_bit) filter (where is_feature) as names, bit_or(page_bit) filter (where is_feature) as pages,
         array_agg(is_feature order by code) as features
  from (
    select code, name_bit, page_bit, true /* feature: events k */ as is_feature from way_codes k where k.company_id = $1::int offset 0
  ) k
),
-- In which interval each sealed day lies, from the first on.
days as materialized (
  select first_day, array(
           select width_bucket(first_moment(day, $6::text), (select starts from thresholds))
           from generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') day
           order by day) as places
  from (select min(first_day) as first_day, max(end_day) - 1 as last_day from parts where is_sealed) d
),
-- A row for each person and interval. Of visitors, group_key is their site and whether they are bots: one number is grouped faster than two.
seen as materialized (
  select place, group_key, person_key, sum(uses)::int as uses
  from (
    select ((select places from days))[w.day - (select first_day from days) + 1] as place, w.group_key, w.person_key, w.uses
    from parts p
    cross join lateral (
      select w.day, w.site_id, case $8::text when 'users' then 0 else w.site_id::bigint * 2 + w.is_bot::int end as group_key,
             case $8::text when 'users' then w.user_key else w.visitor_key end as person_key,
             case when w.names & (select names from masks) <> 0 and w.pages & (select pages from masks) <> 0
                  then (select count(*)::int from unnest(w.codes) c (code) where ((select features from masks))[c.code]) else 0 end as uses
      from sealed_ways w
      where w.company_id = $1::int and w.day >= p.first_day and w.day < p.end_day
        and case $8::text when 'users' then w.user_key else w.visitor_key end is not null
        and (cardinality($2::int[]) = 0 or w.site_id = any ($2::int[])) and ($5::bool or not w.is_bot)
        and true /* filters: sealed w */
      offset 0) w
    where p.is_sealed and (w.site_id = any (p.sites)) = p.is_listed
    union all
    select r.place, r.group_key, r.person_key, r.uses
    from parts p
    cross join lateral (
      select width_bucket(e.event_timestamp, (select starts from thresholds)) as place,
             case $8::text when 'users' then 0 else e.site_id::bigint * 2 + e.is_bot::int end as group_key,
             hashtextextended(case $8::text when 'users' then e.user_id else e.visitor_id end, 0) as person_key,
             count(*) filter (where true /* feature: events e */)::int as uses
      from user_events e
      where e.company_id = $1::int and e.event_timestamp >= p.from_time and e.event_timestamp < p.to_time
        and (e.site_id = any (p.sites)) = p.is_listed
        and case $8::text when 'users' then e.user_id else e.visitor_id end is not null
        and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
        and true /* filters: events e */
      group by 1, 2, 3
      offset 0) r
    where not p.is_sealed
  ) happened
  group by 1, 2, 3
),
counted as (
  select place, count(*) as active, count(*) filter (where uses > 0) as adopted, sum(uses) as uses from seen group by place
),
total as (
  select count(*) as active, count(*) filter (where uses > 0) as adopted, coalesce(sum(uses), 0) as uses
  from (select sum(uses) as uses from seen group by group_key, person_key) people
)
select is_total, from_time, to_time, coalesce(active, 0) as active, coalesce(adopted, 0) as adopted,
       adopted::float8 / nullif(active, 0) as share, coalesce(uses, 0) as uses
from (
  select false as is_total, place, from_time, to_time, active, adopted, uses from intervals left join counted using (place)
  union all
  select true, null, $3::timestamptz, $4::timestamptz, active, adopted, uses from total
) rows
order by is_total, place;
