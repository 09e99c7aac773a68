-- Which sessions are these?
--
-- Those of the ids that there are, the earliest begun first, equal times by id.
--
-- $1 company_id integer: the company
-- $2 session_ids text[]: their ids
-- version: 1
-- reads: sessions by primary key
-- psql: (echo prepare q as; cat sql/metrics/sessions_by_id.sql; echo "execute q(1, '{a,b}');") | psql
select s.session_id, s.site_id, s.visitor_id, s.user_id, s.started_at, s.ended_at, s.events, s.page_views, s.clicks,
       s.page_views = 1 and s.interactions = 0 as bounced, s.entry_page, s.exit_page, s.referrer_domain, s.channel,
       s.utm_source, s.utm_medium, s.utm_campaign, s.device_type, s.browser, s.os, s.country, s.region, s.city, s.is_bot
from sessions s
where s.company_id = $1::int and s.session_id = any ($2::text[])
order by s.started_at, s.session_id collate "C";
