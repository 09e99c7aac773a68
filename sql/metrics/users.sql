-- Which people were there?
--
-- Users (one user id) or visitors (one visitor id on one site, bots apart) of the sessions that began in the period. A session's
-- visitor is that of its first event; its user is the one with the greatest id of those signed in during it. first_seen: start
-- of the first of these sessions; last_seen: last event of them; sessions, events, page_views: of these sessions, later than the
-- period too. country to os: those of the session begun last. The order asked for, greatest or latest first, equals by id, site
-- and bot. The last row, is_total, says in sessions how many people there are.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 people text: visitors or users
-- $7 search text: only ids that contain this text, whatever its case; empty: all
-- $8 order_by text: last_seen, first_seen, sessions or events
-- $9 row_limit integer: how many rows
-- $10 row_offset integer: how many rows to leave out before them
-- version: 1
-- reads: sessions_by_start
-- psql: (echo prepare q as; cat sql/metrics/users.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, 'users', '', 'last_seen', 50, 0);") | psql
with
people as materialized (
  select case $6::text when 'users' then 0 else s.site_id end as site_id, $6::text <> 'users' and s.is_bot as is_bot,
         case $6::text when 'users' then s.user_id else s.visitor_id end as person_id, min(s.started_at) as first_seen,
         max(s.ended_at) as last_seen, max(s.started_at) as last_started_at, count(*) as sessions, sum(s.events) as events,
         sum(s.page_views) as page_views
  from sessions s
  where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
    and case $6::text when 'users' then s.user_id else s.visitor_id end is not null
    and ($7::text = ''
         or strpos(lower(case $6::text when 'users' then s.user_id else s.visitor_id end), lower($7::text)) > 0)
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
  group by 1, 2, 3
),
-- The best of all rows are found without sorting them all.
best as (
  select * from people
  order by case $8::text when 'last_seen' then last_seen when 'first_seen' then first_seen end desc,
           case $8::text when 'sessions' then sessions when 'events' then events end desc,
           person_id collate "C", site_id, is_bot
  limit $9::int offset $10::int
),
shown as materialized (
  select *, row_number() over (
    order by case $8::text when 'last_seen' then last_seen when 'first_seen' then first_seen end desc,
           case $8::text when 'sessions' then sessions when 'events' then events end desc,
           person_id collate "C", site_id, is_bot
  ) as place
  from best
),
-- Of each person shown, the session begun last; of two begun at once that with the greater id.
latest as (
  select distinct on (p.place) p.place, s.country, s.region, s.city, s.device_type, s.browser, s.os
  from shown p
  join sessions s on s.company_id = $1::int and s.started_at = p.last_started_at
    and case $6::text when 'users' then s.user_id else s.visitor_id end = p.person_id
    and ($6::text = 'users' or (s.site_id = p.site_id and s.is_bot = p.is_bot))
    and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
    and true /* filters: sessions s */
  order by p.place, s.session_id collate "C" desc
)
select is_total, person_id, site_id, is_bot, first_seen, last_seen, sessions, events, page_views, country, region, city,
       device_type, browser, os
from (
  select false as is_total, p.place, p.person_id, p.site_id, p.is_bot, p.first_seen, p.last_seen, p.sessions, p.events,
         p.page_views, l.country, l.region, l.city, l.device_type, l.browser, l.os
  from shown p join latest l using (place)
  union all
  select true, null, '', 0, false, null, null, count(*), null, null, null, null, null, null, null, null from people
) rows
order by is_total, place;
