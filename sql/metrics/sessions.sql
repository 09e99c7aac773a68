-- Which sessions began?
--
-- Sessions that began in the period, the latest begun first, equal times by id.
--
-- $1 company_id integer: the company
-- $2 site_ids integer[]: ids of sites; empty: all of the company
-- $3 from_time timestamp with time zone: start, inclusive
-- $4 to_time timestamp with time zone: end, exclusive
-- $5 include_bots boolean: count bots too
-- $6 before_time timestamp with time zone: only sessions that began before this moment; null: all
-- $7 before_id text: or then and with a lesser id
-- $8 row_limit integer: how many sessions
-- version: 1
-- reads: sessions_by_start, backwards
-- psql: (echo prepare q as; cat sql/metrics/sessions.sql; echo "execute q(1, '{}', '2026-11-01', '2026-12-01', false, null, null, 50);") | psql
select s.session_id, s.site_id, s.visitor_id, s.user_id, s.started_at, s.ended_at, s.events, s.page_views, s.clicks,
       s.page_views = 1 and s.interactions = 0 as bounced, s.entry_page, s.exit_page, s.referrer_domain, s.channel,
       s.utm_source, s.utm_medium, s.utm_campaign, s.device_type, s.browser, s.os, s.country, s.region, s.city, s.is_bot
from sessions s
where s.company_id = $1::int and s.started_at >= $3::timestamptz and s.started_at < $4::timestamptz
  and s.started_at <= coalesce($6::timestamptz, 'infinity')
  and ($6::timestamptz is null or (s.started_at, s.session_id collate "C") < ($6::timestamptz, $7::text collate "C"))
  and (cardinality($2::int[]) = 0 or s.site_id = any ($2::int[])) and ($5::bool or not s.is_bot)
  and true /* filters: sessions s */
order by s.started_at desc, s.session_id collate "C" desc
limit $8::int;
