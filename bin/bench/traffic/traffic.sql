-- Puts the events of a piece of traffic, the sessions of one partition that begin on one day, on the stage of this connection,
-- as the threads of a worker would. What is random depends on setseed() alone, what a visitor is like on its number alone.
--
-- $1 midnight timestamptz: when the day begins
-- $2 piece bigint: number of the piece; visitors that are new in it are those from piece * 100000 on
-- $3 sessions int: how many
-- $4 company int
-- $5 site_ids int[]: three; seven visitors of ten are on the first, two on the second
-- $6 first_offset bigint: place in the log of the first event
-- $7 partitions int: how many pieces a day has
-- $8 until timestamptz: events from then on have not happened yet
insert into stage_events (
  company_id, event_timestamp, event_id, site_id, log_offset, received_at, sequence, is_bot, text_repaired, event_type,
  event_name, session_id, visitor_id, user_id, page_url, page_path, page_title, last_page_url, referrer_domain, channel,
  utm_source, utm_medium, utm_campaign, utm_term, utm_content, element_selector, element_text, element_type, target_url,
  agent_key, ip_address, device_type, browser, os, country, region, city, language, time_zone, screen, viewport,
  x_coordinate, y_coordinate, value, duration_ms, load_ms, sent_skew_ms, bot_reason, experiments, metadata
)
with
-- Half of the sessions are of new visitors, the others of visitors of the days before: half of these come back within ten days.
drawn as materialized (
  select nth, random() as a, random() as b, random() as c, random() as d, random() as e, random() as f, random() as g
  from generate_series(1, $3::int) nth
),
chosen as (
  select *,
    case when nth % 2 = 0 and before >= 0
      then (before * $7::int + floor(e * $7::int)::bigint) * 100000 + floor(b * b * $3::int / 2)::bigint * 2 + 1
      else $2::bigint * 100000 + nth end as visitor
  from (select *, $2::bigint / $7::int - 1 - floor(-ln(1 - a) * 15)::bigint as before from drawn) d
),
session as materialized (
  select s.*, hashint8extended(visitor, 1) & 1048575 as kind, (hashint8extended(visitor, 2) & 1048575) % 1000 as place_slot,
    (hashint8extended(visitor, 3) & 1048575) % 1000 as agent_slot, floor(c * 1000)::int as source_slot,
    $1::timestamptz + (d + e) * interval '12 hours' as start_at,
    case when f < 0.3 then 1 else least(60, 2 + floor(-ln((1 - f) / 0.7) * 4.77)::int) end as steps,
    2 + 60 * g * g as gap, case when a * 7 - floor(a * 7) < 0.1 then 4 else 0 end as vitals,
    md5('visitor ' || visitor)::uuid::text as visitor_id, md5('session ' || $2 || ' ' || nth)::uuid::text as session_id
  from chosen s
),
step as materialized (
  select s.nth, k, random() as r, random() as q,
    s.start_at + case when k < 0 then interval '0.9 second' - k * interval '20 ms'
                      else s.gap * (k + 0.8 * random() * (k > 0)::int) * interval '1 second' end as at
  from session s
  cross join lateral generate_series(-s.vitals, s.steps - 1) k
),
typed as (
  select *, case when k < 0 then 'web_vital' when k = 0 or r < 0.45 then 'page_view' when r < 0.70 then 'click'
    when r < 0.85 then 'scroll' when r < 0.93 then 'custom' when r < 0.95 then 'form_submit' when r < 0.97 then 'hover'
    else 'keydown' end as type
  from step
),
placed as materialized (
  select *, row_number() over oldest as sequence, count(*) filter (where type = 'page_view') over oldest - 1 as page_number
  from typed
  window oldest as (partition by nth order by at)
),
-- The pages of a session: a few are seen often, most seldom.
paged as (
  select e.*, ($2::bigint * 100000 + e.nth) * 64 + e.page_number as view
  from placed e
),
named as (
  select e.*, p.path, p.title, l.path as last_path,
    (array['add_to_cart','search','video_play','checkout_started','purchase','signup','login','share'])[
      1 + floor(8 * (e.q * e.q))::int] as custom_name,
    (array['LCP','CLS','INP','TTFB'])[-e.k] as vital_name
  from paged e
  join traffic_pages p on p.place = floor(exp(ln(2000) * (hashint8extended(e.view, 5) & 1048575) / 1048576.0))::int
  left join traffic_pages l on e.page_number > 0
    and l.place = floor(exp(ln(2000) * (hashint8extended(e.view - 1, 5) & 1048575) / 1048576.0))::int
)
select
  $4::int, e.at,
  (lpad(to_hex((date_part('epoch', e.at) * 1000)::bigint), 12, '0') || '7' || substr(h.hex, 1, 3) || '8' || substr(h.hex, 4, 15))::uuid,
  ($5::int[])[case when s.kind % 10 < 7 then 1 when s.kind % 10 < 9 then 2 else 3 end],
  $6::bigint + row_number() over (order by e.at, e.nth, e.k) - 1, e.at + (0.2 + 2 * e.q) * interval '1 second',
  e.sequence, s.kind % 50 = 7, false, e.type,
  case e.type when 'custom' then custom_name when 'web_vital' then vital_name
    when 'keydown' then (array['character','enter','delete','navigation'])[1 + floor(e.q * 4)::int] end,
  s.session_id, s.visitor_id,
  case when s.kind % 8 = 3 and s.b < 0.8 then 'user-' || s.visitor end,
  'https://www.example.com' || e.path || case when e.page_number = 0 then o.query else '' end, e.path, e.title,
  case when e.page_number = 0 then nullif(o.referrer, '') else 'https://www.example.com' || e.last_path end,
  case when e.page_number = 0 then o.referrer_domain end,
  case when e.page_number = 0 then o.channel else 'internal' end,
  case when e.page_number = 0 then o.utm_source end, case when e.page_number = 0 then o.utm_medium end,
  case when e.page_number = 0 then o.utm_campaign end, case when e.page_number = 0 then o.utm_term end,
  case when e.page_number = 0 then o.utm_content end,
  case e.type when 'click' then 'main > section:nth-of-type(' || floor(e.q * 6) || ') a.card' when 'form_submit' then '#newsletter'
    when 'hover' then '.card img' when 'keydown' then '#search input' end,
  case e.type when 'click' then (array['Buy now','More','Add to cart','Next','Sign up','Details'])[1 + floor(e.q * 6)::int] end,
  case e.type when 'click' then 'a' when 'form_submit' then 'form' when 'hover' then 'img' when 'keydown' then 'input' end,
  case when e.type = 'click' and e.q < 0.6 then 'https://www.example.com' || e.path || '/more' end,
  a.agent_key, (l.network || '.0')::inet, a.device_type, a.browser, a.os, l.country, l.region, l.city, l.language,
  l.time_zone, a.screen, a.viewport,
  case when e.type in ('click', 'hover') then floor(a.width * (0.5 + 0.4 * (random() - random())))::int end,
  case when e.type in ('click', 'hover', 'scroll') then floor(2400 * e.q)::int end,
  case when e.type = 'scroll' then 25 * (1 + floor(e.q * 4)) when e.type = 'keydown' then 1 + floor(e.q * 30)
    when e.k = -1 then round((800 + 2500 * e.q * e.q)::numeric, 1)::float8 when e.k = -2 then round((e.q * 0.3)::numeric, 3)::float8
    when e.k = -3 then round((40 + 400 * e.q * e.q)::numeric, 1)::float8 when e.k = -4 then round((60 + 900 * e.q)::numeric, 1)::float8 end,
  case when e.type in ('form_submit', 'hover') then 300 + floor(e.q * 20000)::bigint end,
  case when e.type = 'page_view' then 250 + floor(-ln(1 - e.q) * 900)::bigint end,
  floor(e.q * 400)::int - 200, case when s.kind % 50 = 7 then 'user agent: bot' end,
  case when s.kind % 3 = 0 then case when s.kind % 2 = 0 then '{"checkout": "a"}'::jsonb else '{"checkout": "b"}'::jsonb end end,
  case when e.type = 'custom' then case custom_name
    when 'purchase' then jsonb_build_object('plan', 'pro', 'price', round((e.r * 200)::numeric, 2))
    when 'search' then jsonb_build_object('results', floor(e.r * 40)) else '{"plan": "basic"}'::jsonb end end
from named e
join session s using (nth)
join traffic_places l on l.slot = s.place_slot
join traffic_agents a on a.slot = s.agent_slot
join traffic_sources o on o.slot = s.source_slot
cross join lateral (select md5($2 || ' ' || e.nth || ' ' || e.k) as hex) h
where e.at < $8::timestamptz
order by e.at, e.nth, e.k
