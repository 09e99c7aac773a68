-- Which variant of an experiment makes more people reach a goal?
--
-- A person is exposed by the first event from $3 to $4 that names the experiment, and counts once. Who saw several variants in that time
-- is in none of them: the last row, in_several, is these. converted: of the exposed, those with an event of the goal at the exposure or
-- later in the order of events (time, sequence, id), at most $9 seconds after it, or before $4. mean, variance: of the sums of the
-- property $10 over these events, a person; what is not a number from -1e15 to 1e15 is 0; variance is null for one person.
-- The variants with most persons come first, 100 at most. Intervals and tests are in gateway/analytics/experiments/statistics.ts.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start of the time of exposure, inclusive
-- $4 to_time timestamp with time zone: its end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 experiment text: its name
-- $7 person text: visitor, user or session
-- $8 goal_names text[]: as the file stands, the goal: of a custom event its name, else its type
-- $9 window_seconds integer: how long after the exposure the goal counts, inclusive; null: to the end of the period
-- $10 value_property text: key of the property that is summed
-- version: 1
-- reads: user_events by primary key, from the start to the end and the window
-- psql: (echo prepare q as; cat sql/metrics/experiment.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'checkout', 'user', '{purchase}', null, 'price');") | psql
with
seen as materialized (
  select case $7::text when 'user' then e.user_id when 'session' then e.session_id else e.visitor_id end collate "C" as person,
         case $7::text when 'visitor' then e.site_id else 0 end as site_id, $7::text = 'visitor' and e.is_bot as is_bot,
         e.event_timestamp, e.sequence, e.event_id,
         case when e.event_timestamp < $4::timestamptz then e.experiments ->> $6::text end as variant,
         true /* filters: events e */ as may_expose,
         cardinality($8::text[]) > 0 and steps_by_name($8::text[], coalesce(e.event_name, e.event_type)) /* steps: events e */ <> 0 as is_goal,
         case when jsonb_typeof(e.metadata -> $10::text) = 'number' and abs((e.metadata -> $10::text)::numeric) between 1e-15 and 1e15
              then (e.metadata -> $10::text)::numeric::float8 else 0 end as value
  from user_events e
  where e.company_id = $1::int and e.event_timestamp >= $3::timestamptz
    and e.event_timestamp < $4::timestamptz + make_interval(secs => coalesce($9::int, 0))
    and (cardinality($2::int[]) = 0 or e.site_id = any ($2::int[])) and ($5::bool or not e.is_bot)
),
exposures as materialized (
  select person, site_id, is_bot, min(variant) as variant, min(variant) <> max(variant) as in_several,
         min(event_timestamp) filter (where may_expose) as at,
         (array_agg(sequence order by event_timestamp, sequence, event_id) filter (where may_expose))[1] as sequence,
         (array_agg(event_id order by event_timestamp, sequence, event_id) filter (where may_expose))[1] as event_id
  from seen
  where variant is not null and person is not null
  group by person, site_id, is_bot
  having bool_or(may_expose)
),
outcomes as (
  select x.person, x.site_id, x.is_bot, x.variant, count(s.person) > 0 as converted, coalesce(sum(s.value), 0) as value
  from exposures x
  left join seen s on s.is_goal and s.person = x.person and s.site_id = x.site_id and s.is_bot = x.is_bot
    and (s.event_timestamp, s.sequence, s.event_id) >= (x.at, x.sequence, x.event_id)
    and case when $9::int is null then s.event_timestamp < $4::timestamptz
             else s.event_timestamp - x.at <= make_interval(secs => $9::int) end
  where not x.in_several
  group by x.person, x.site_id, x.is_bot, x.variant
),
variants as (
  select variant, count(*) as exposed, count(*) filter (where converted) as converted, avg(value) as mean, var_samp(value) as variance
  from outcomes
  group by variant
  order by exposed desc, variant collate "C"
  limit 100
)
select false as in_several, variant, exposed, converted, mean, variance from variants
union all
select true, null, count(*), null, null, null from exposures where in_several
order by 1, 3 desc, 2;
